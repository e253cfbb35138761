# SPDX-License-Identifier: Apache-2.0
"""grommunio's gromox, as its sources (exch/ews, exch/http) say that it answers.

What sets it apart: it drops every prefix before it looks at a name; the identity to act as is looked at before the
operation, so that its faults come for any request; a fault has HTTP 200 and a bare code where the cause is known, HTTP
500 where it is not (an operation that it lacks, ConvertId among them); a refused sign-in closes the connection; names
are resolved by the whole address only. Whoever owns a store may act as its user: there is no role to assign."""
from peer import Peer, escaped, http

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
XSD = "http://www.w3.org/2001/XMLSchema"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
DATE = "Sun, 22 Nov 2026 09:00:00 GMT"
# what the word for it in the sources lets through: the longer one was misspelt there, and is refused
IDENTITIES = ("PrincipalName", "SmtpAddress")


def fault(code, text):
    return (f'<SOAP:Envelope xmlns:SOAP="{SOAP}" xmlns:xsi="{XSI}"><SOAP:Header/><SOAP:Body><SOAP:Fault>'
            f'<faultcode xsi:type="xsd:string">{code}</faultcode>'
            f'<faultstring xsi:type="xsd:string">{escaped(text)}</faultstring></SOAP:Fault></SOAP:Body></SOAP:Envelope>')


def envelope(name, inner):
    return (f'<?xml version="1.0" encoding="UTF-8"?><SOAP:Envelope xmlns:SOAP="{SOAP}" xmlns:xsi="{XSI}" '
            f'xmlns:xsd="{XSD}"><SOAP:Header><t:ServerVersionInfo xmlns:t="{TYPES}" MajorVersion="15" MinorVersion="0" '
            f'MajorBuildNumber="847" MinorBuildNumber="4040" Version="V2017_07_11"/></SOAP:Header><SOAP:Body>'
            f'<m:{name}Response xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><m:ResponseMessages>{inner}'
            f'</m:ResponseMessages></m:{name}Response></SOAP:Body></SOAP:Envelope>')


class Gromox(Peer):
    spnego = False  # http_auth_spnego: offers Negotiate too

    def answer(self, connection, request):
        if request.method != "POST":
            self.refuse(connection, "405 Method Not Allowed", "Method Not Allowed", [])
        if not self.trusts(request):
            challenges = [("WWW-Authenticate", 'Basic realm="msrpc realm", charset="utf-8"')]
            if self.spnego:
                challenges.append(("WWW-Authenticate", "Negotiate"))
            self.refuse(connection, "401 Unauthorized", "Unauthorized", challenges)
        status, body = self.dispatch(request)
        connection.sendall(http(status, [("Content-Type", "text/xml"), ("Content-Length", len(body.encode()))], body))

    def refuse(self, connection, status, text, headers):
        """A refusal of the HTTP layer, which has not read the body and so closes."""
        text += "\r\n"
        connection.sendall(http(status, [("Date", DATE), ("Content-Length", len(text)),
                                         ("Content-Type", "text/plain; charset=utf-8"), ("Connection", "close"),
                                         *headers], text))
        raise ConnectionError

    def dispatch(self, request):
        if request.tree() is None:
            return "200 OK", fault("SOAP:Client", "Invalid XML")
        acting = request.connecting()
        if acting and acting[0] not in IDENTITIES:
            return "200 OK", fault("ErrorImpersonationFailed", "E-3242: unsupported ConnectingSID for impersonation")
        if acting and acting[1] not in self.allowed + self.denied + [self.admin["user"]]:
            return "200 OK", fault("ErrorCannotFindUser", "E-3007: failed to get user maildir")
        if acting and acting[1] in self.denied:
            return "200 OK", fault("ErrorImpersonateUserDenied", "E-3243: insufficient permissions to impersonate user")
        operation = request.operation()
        if operation is None:
            return "400 Bad Request", "Missing request node"
        handler = getattr(self, operation.tag, None) if operation.tag in ("GetFolder", "ResolveNames") else None
        if not handler:
            return "500 Internal Server Error", fault("SOAP:Server", f"Unknown request '{operation.tag}'.")
        return "200 OK", envelope(operation.tag, handler(operation))

    def GetFolder(self, operation):
        messages = []
        for folder in operation.find("FolderIds"):
            if folder.tag != "DistinguishedFolderId" or folder.get("Id") not in ("inbox", "msgfolderroot", "root"):
                messages.append('<m:GetFolderResponseMessage ResponseClass="Error"><m:MessageText>E-3051: unknown '
                                f"distinguished folder id '{escaped(folder.get('Id', ''))}'</m:MessageText>"
                                '<m:ResponseCode>ErrorFolderNotFound</m:ResponseCode></m:GetFolderResponseMessage>')
            else:
                messages.append('<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError'
                                '</m:ResponseCode><m:Folders><t:Folder><t:FolderId Id="AAAAAACpvRsXhPNHmAm0KmkqUOBl" '
                                'ChangeKey="BQAAAA=="/></t:Folder></m:Folders></m:GetFolderResponseMessage>')
        return "".join(messages)

    def ResolveNames(self, operation):
        entry = (operation.findtext("UnresolvedEntry") or "").split(":", 1)[-1].lower()
        if entry not in self.allowed + self.denied:
            return ('<m:ResolveNamesResponseMessage ResponseClass="Error"><m:MessageText>E-3259: no name resolution '
                    'results</m:MessageText><m:ResponseCode>ErrorNameResolutionNoResults</m:ResponseCode>'
                    '</m:ResolveNamesResponseMessage>')
        name = entry.split("@")[0].title()
        return ('<m:ResolveNamesResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>'
                '<m:ResolutionSet TotalItemsInView="1" IncludesLastItemInRange="true"><t:Resolution><t:Mailbox>'
                f'<t:Name>{name}</t:Name><t:EmailAddress>{entry}</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType>'
                f'<t:MailboxType>Mailbox</t:MailboxType></t:Mailbox><t:Contact><t:DisplayName>{name}</t:DisplayName>'
                '</t:Contact></t:Resolution></m:ResolutionSet></m:ResolveNamesResponseMessage>')
