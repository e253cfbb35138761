# SPDX-License-Identifier: Apache-2.0
"""Three servers that speak some EWS and never heard of impersonation, as their sources say that they answer.

Thunderbird's fake server, which its client is tested with: an HTTP server that closes after each answer and names no type,
and finds an operation by its name as it is spelt, so that one with a prefix is unknown to it and earns an HTML page.
The probe target: a web application that lets Outlook's first steps pass; it knows an operation by a word anywhere in the
text, answers an unknown one with response messages that stand in no message, and resolves every name to the same
person. The bridge: an EWS face on a JMAP store; it refuses a sign-in by a fault with HTTP 200 and no challenge, and
writes the code of an error into the fault's text."""
import re

from peer import Peer, escaped, http

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"


class Thunderbird(Peer):
    """As it is; with any_prefix as it would be if it went by local names."""

    def __init__(self, any_prefix=False):
        super().__init__()
        self.any_prefix = any_prefix

    def answer(self, connection, request):
        if not self.trusts(request):
            self.send(connection, "401 Unauthorized", [("WWW-Authenticate", 'Basic realm="test"')], "")
        operation = request.operation()
        name = operation.tag if operation is not None else ""
        seen = self.any_prefix or re.search(rb"<%s[\s>/]" % name.encode(), request.body)
        if name != "GetFolder" or not seen:
            self.send(connection, "500 Internal Server Error", [("Content-Type", "text/html;charset=utf-8")],
                      "<html><head><title>500 Internal Server Error</title></head><body><h1>500 Internal Server Error</h1>"
                      "<p>Something's broken in this server and needs to be fixed.</p></body></html>")
        ids = [folder.get("Id") for folder in operation.find("FolderIds")]
        messages = "".join('<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
                           f'<t:Folders><t:Folder><t:FolderClass>IPF.Note</t:FolderClass><t:ParentFolderId Id="root"/>'
                           f'<t:FolderId Id="{escaped(name)}"/><t:DisplayName>Inbox</t:DisplayName></t:Folder></t:Folders>'
                           '</m:GetFolderResponseMessage>' for name in ids)
        self.send(connection, "200 OK", [], '<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope\n  xmlns:s="' + SOAP +
                  '">\n  <s:Header>\n    <h:ServerVersionInfo xmlns:h="' + TYPES + '" MajorVersion="15" MinorVersion="20" '
                  'MajorBuildNumber="7452" MinorBuildNumber="50" Version="Exchange2013"/>\n    </s:Header>\n    <s:Body>\n'
                  f'    <m:GetFolderResponse xmlns:m="{MESSAGES}" xmlns:t="{TYPES}">\n      <m:ResponseMessages>\n      '
                  f'{messages}</m:ResponseMessages>\n    </m:GetFolderResponse>\n  </s:Body>\n</s:Envelope>')

    def send(self, connection, status, headers, body):
        connection.sendall(http(status, [*headers, ("Connection", "close"), ("Server", "httpd.js"),
                                         ("Date", "Sun, 22 Nov 2026 09:00:00 GMT"), ("Content-Length", len(body))], body))
        raise ConnectionError


class ProbeTarget(Peer):
    def answer(self, connection, request):
        if not self.trusts(request):
            connection.sendall(http("401 Unauthorized", [("www-authenticate", 'Basic realm="EWS"'), ("connection", "close"),
                                                         ("content-length", 0), ("server", "uvicorn")]))
            raise ConnectionError
        body = self.envelope(self.reply(request.body.decode("utf-8", "ignore")))
        connection.sendall(http("200 OK", [("server", "uvicorn"), ("content-length", len(body)),
                                           ("content-type", "text/xml; charset=utf-8")], body))

    def reply(self, text):
        if "GetFolder" in text:
            ids = re.findall(r'DistinguishedFolderId\s+Id="([^"]+)"', text) or ["inbox"]
            folders = "".join(f'<t:Folder><t:FolderId Id="DF_{name}" ChangeKey="0"/><t:DisplayName>{name}</t:DisplayName>'
                              "</t:Folder>" for name in ids)
            return self.success("GetFolder", f"<m:Folders>{folders}</m:Folders>")
        if "ResolveNames" in text:
            found = re.search(r"<UnresolvedEntry>([^<]+)</UnresolvedEntry>", text)
            entry = found.group(1) if found else "user@example.com"
            return self.success("ResolveNames", "<m:ResolutionSet><t:Resolution><t:Mailbox><t:EmailAddress>"
                                f"{entry}</t:EmailAddress></t:Mailbox></t:Resolution></m:ResolutionSet>")
        return (f'<m:ResponseMessages xmlns:m="{MESSAGES}"><m:ResponseCode xmlns:m="{MESSAGES}">ErrorInternalServerError'
                f'</m:ResponseCode><m:MessageText xmlns:m="{MESSAGES}">NotImplemented</m:MessageText></m:ResponseMessages>')

    def success(self, name, inner):
        return (f'<m:{name}Response xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><m:ResponseMessages><m:{name}ResponseMessage '
                f'ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{inner}</m:{name}ResponseMessage>'
                f'</m:ResponseMessages></m:{name}Response>')

    def envelope(self, inner):
        return (f'<s:Envelope xmlns:s="{SOAP}">\n  <s:Header><t:ServerVersionInfo xmlns:t="{TYPES}" MajorVersion="15" '
                f'MinorVersion="1" MajorBuildNumber="1531" MinorBuildNumber="3" Version="V2_23"/></s:Header>\n  <s:Body>\n'
                f'    {inner}\n  </s:Body>\n</s:Envelope>')


class Bridge(Peer):
    def answer(self, connection, request):
        body = self.envelope(self.reply(request))
        connection.sendall(http("200 OK", [("content-type", "text/xml; charset=utf-8"), ("content-length", len(body)),
                                           ("date", "Sun, 22 Nov 2026 09:00:00 GMT")], body))

    def reply(self, request):
        if "authorization" not in request.headers:
            return self.fault("ErrorAccessDenied", "Missing Authorization header")
        if not self.trusts(request):
            return self.fault("ErrorAccessDenied", "Auth Failed")
        operation = request.operation()
        if operation is not None and operation.tag == "GetFolder":
            return (f'<m:GetFolderResponse xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><m:ResponseMessages>'
                    '<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders>'
                    '<t:CalendarFolder><t:FolderId Id="b" ChangeKey="AQAAABYAAA=" /><t:DisplayName>Calendar</t:DisplayName>'
                    '</t:CalendarFolder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages></m:GetFolderResponse>')
        if operation is not None and operation.tag == "ResolveNames":
            entry = (operation.findtext("UnresolvedEntry") or "").lower()
            return self.names([address for address in self.allowed if entry in address])
        return self.fault("ErrorInvalidRequest", f"Unsupported: {operation.tag if operation is not None else ''}")

    def names(self, found):
        if not found:
            kind, code, rest = "Error", "ErrorNameResolutionNoResults", "<m:MessageText>No results were found.</m:MessageText>"
        else:
            people = "".join(f"<t:Resolution><t:Mailbox><t:Name>{a.split('@')[0]}</t:Name><t:EmailAddress>{a}"
                             "</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType></t:Mailbox></t:Resolution>" for a in found)
            kind, code = ("Success", "NoError") if len(found) == 1 else ("Warning", "ErrorNameResolutionMultipleResults")
            rest = f'<m:ResolutionSet TotalItemsInView="{len(found)}">{people}</m:ResolutionSet>'
        return (f'<m:ResolveNamesResponse xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><m:ResponseMessages>'
                f'<m:ResolveNamesResponseMessage ResponseClass="{kind}"><m:ResponseCode>{code}</m:ResponseCode>{rest}'
                '</m:ResolveNamesResponseMessage></m:ResponseMessages></m:ResolveNamesResponse>')

    def fault(self, code, text):
        return (f"<s:Fault>\n            <faultcode>s:Client</faultcode>\n            <faultstring>{code}: {text}"
                "</faultstring>\n        </s:Fault>")

    def envelope(self, inner):
        return f'<?xml version="1.0" encoding="utf-8"?>\n<s:Envelope xmlns:s="{SOAP}">\n  <s:Body>\n    {inner}\n  </s:Body>\n</s:Envelope>'
