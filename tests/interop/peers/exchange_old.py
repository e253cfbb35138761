# SPDX-License-Identifier: Apache-2.0
"""Exchange 2007 SP1 and 2010 SP2, shaped by recorded exchanges with both.

2007: IIS 6, whole answers with a length, prefix soap for answers and soap11 for faults, whose code is soap11:Client, and
a version header even on faults. 2010: IIS 7.5, chunked, prefix s, the code's name as faultcode in the namespace of the types,
no header on a fault at all. Both refuse a RequestServerVersion that they cannot know by ErrorInvalidServerVersion, and 2010
by ErrorInvalidRequest what no Exchange of its time could have meant. ConvertId came with 2007 SP1, FindPeople with 2013."""
from peer import Peer, escaped, http

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
TYPES = "http://schemas.microsoft.com/exchange/services/2006/types"
MESSAGES = "http://schemas.microsoft.com/exchange/services/2006/messages"
ERRORS = "http://schemas.microsoft.com/exchange/services/2006/errors"
XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"'
DENIED = "The account does not have permission to impersonate the requested user."
NO_MAILBOX = "The SMTP address has no mailbox associated with it."


def message(operation, code, text="", inner="", xml=""):
    """One response message in the order that both write it."""
    if code == "NoError":
        return (f'<m:{operation}ResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode>{inner}'
                f'</m:{operation}ResponseMessage>')
    kind = "Warning" if code == "ErrorNameResolutionMultipleResults" else "Error"
    return (f'<m:{operation}ResponseMessage ResponseClass="{kind}"><m:MessageText>{text}</m:MessageText><m:ResponseCode>'
            f'{code}</m:ResponseCode><m:DescriptiveLinkKey>0</m:DescriptiveLinkKey>{xml}{inner}'
            f'</m:{operation}ResponseMessage>')


class Fault(Exception):
    def __init__(self, code, text, values=()):
        super().__init__(code)
        self.code, self.text, self.values = code, text, values


class Exchange(Peer):
    versions = ()

    def answer(self, connection, request):
        if not self.trusts(request):
            connection.sendall(self.unauthorized())
            return
        try:
            self.admit(request)
            operation = request.operation()
            handler = {"GetFolder": self.folder, "ResolveNames": self.names, "ConvertId": self.convert}.get(
                operation.tag if operation is not None else "")
            if not handler:
                raise Fault("ErrorInvalidRequest", "The request is invalid.")
            status, body = "200 OK", self.envelope(operation.tag, handler(operation, request.connecting()))
        except Fault as fault:
            status, body = "500 Internal Server Error", self.fault(fault)
        connection.sendall(self.framed(status, body))

    def admit(self, request):
        if request.tree() is None:
            raise Fault("ErrorSchemaValidation", "The request failed schema validation.")
        if request.asked_version() not in self.versions:
            raise self.version_refused(request.asked_version())
        acting = request.connecting()
        if not acting:
            return
        if acting[0] in ("PrimarySmtpAddress", "SmtpAddress") and "@" not in acting[1]:
            raise Fault("ErrorInvalidSmtpAddress", "The SMTP address format is invalid.")
        if acting[1] in self.denied:
            raise Fault("ErrorImpersonateUserDenied", DENIED)
        if acting[1] not in self.allowed:
            raise Fault("ErrorNonExistentMailbox", NO_MAILBOX, [("SmtpAddress", acting[1])])

    def folder(self, _, acting):
        if not acting:
            return message("GetFolder", "ErrorMissingEmailAddress", "When making a request as an account that does not "
                           "have a mailbox, you must specify the mailbox primary SMTP address for any distinguished "
                           "folder Ids.", "<m:Folders/>")
        return message("GetFolder", "NoError", inner='<m:Folders><t:Folder><t:FolderId Id="AAAcAGFubmFAZXhhbXBsZS5jb20A" '
                                                     'ChangeKey="AQAAABYAAAA="/></t:Folder></m:Folders>')

    def convert(self, *_):
        return message("ConvertId", "ErrorInvalidIdMalformed", "Id is malformed.")

    def names(self, operation, _):
        entry = (operation.findtext("UnresolvedEntry") or "").split(":", 1)[-1].lower()
        found = [address for address in self.allowed + self.denied if entry in address]
        if not found:
            return message("ResolveNames", "ErrorNameResolutionNoResults", "No results were found.")
        people = "".join(f"<t:Resolution><t:Mailbox><t:Name>{a.split('@')[0].title()}</t:Name><t:EmailAddress>{a}"
                         "</t:EmailAddress><t:RoutingType>SMTP</t:RoutingType><t:MailboxType>Mailbox</t:MailboxType>"
                         "</t:Mailbox></t:Resolution>" for a in found)
        inner = (f'<m:ResolutionSet TotalItemsInView="{len(found)}" IncludesLastItemInRange="true">{people}'
                 "</m:ResolutionSet>")
        if len(found) == 1:
            return message("ResolveNames", "NoError", inner=inner)
        return message("ResolveNames", "ErrorNameResolutionMultipleResults", "Multiple results were found.", inner)


class Exchange2007(Exchange):
    versions = ("Exchange2007", "Exchange2007_SP1")
    info = (f'MajorVersion="8" MinorVersion="1" MajorBuildNumber="436" MinorBuildNumber="0" '
            f'Version="Exchange2007_SP1" xmlns:t="{TYPES}"')
    server = [("Date", "Sun, 22 Nov 2026 09:00:00 GMT"), ("Server", "Microsoft-IIS/6.0"), ("X-Powered-By", "ASP.NET"),
              ("X-AspNet-Version", "2.0.50727")]

    def unauthorized(self):
        page = ("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 4.01//EN\" \"http://www.w3.org/TR/html4/strict.dtd\">\r\n<HTML>"
                "<HEAD><TITLE>You are not authorized to view this page</TITLE></HEAD><BODY><h2>HTTP Error 401.1</h2>"
                "</BODY></HTML>\r\n")
        return http("401 Unauthorized", [("Content-Length", len(page)), ("Content-Type", "text/html"),
                                         ("Server", "Microsoft-IIS/6.0"), ("WWW-Authenticate", "Negotiate"),
                                         ("WWW-Authenticate", "NTLM"), ("WWW-Authenticate", 'Basic realm="localhost"'),
                                         ("X-Powered-By", "ASP.NET")], page)

    def framed(self, status, body):
        return http(status, [*self.server, ("Content-Length", len(body.encode())), ("Cache-Control", "private, max-age=0"),
                             ("Content-Type", "text/xml; charset=utf-8")], body)

    def version_refused(self, _):
        return Fault("ErrorInvalidServerVersion", "The specified server version is invalid.")

    def envelope(self, name, inner):
        return (f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{SOAP}" {XSI}><soap:Header>'
                f'<t:ServerVersionInfo {self.info} /></soap:Header><soap:Body><m:{name}Response xmlns:t="{TYPES}" '
                f'xmlns:m="{MESSAGES}"><m:ResponseMessages>{inner}</m:ResponseMessages></m:{name}Response></soap:Body>'
                '</soap:Envelope>')

    def fault(self, fault):
        text = f"The request failed schema validation: {fault.text}" if fault.code == "ErrorSchemaValidation" else fault.text
        return (f'<?xml version="1.0"?>\n<soap11:Envelope xmlns:soap11="{SOAP}"><soap11:Header><t:ServerVersionInfo '
                f'{self.info} /></soap11:Header><soap11:Body><soap11:Fault><faultcode>soap11:Client</faultcode>'
                f'<faultstring>{text}</faultstring><detail><e:ResponseCode xmlns:e="{ERRORS}">{fault.code}</e:ResponseCode>'
                f'<e:Message xmlns:e="{ERRORS}">{fault.text}</e:Message></detail></soap11:Fault></soap11:Body>'
                '</soap11:Envelope>')


class Exchange2010(Exchange):
    versions = ("Exchange2007", "Exchange2007_SP1", "Exchange2010", "Exchange2010_SP1", "Exchange2010_SP2")

    def unauthorized(self):
        return http("401 Unauthorized", [("Server", "Microsoft-IIS/7.5"), ("Set-Cookie", "exchangecookie=0a1b; path=/"),
                                         ("WWW-Authenticate", "Negotiate, NTLM"),
                                         ("WWW-Authenticate", 'Basic realm="localhost"'), ("X-Powered-By", "ASP.NET"),
                                         ("Date", "Sun, 22 Nov 2026 09:00:00 GMT"), ("Content-Length", "0")])

    def framed(self, status, body):
        data = body.encode()
        half = len(data) // 2
        chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (data[:half], data[half:])) + b"0\r\n\r\n"
        return http(status, [("Cache-Control", "private"), ("Transfer-Encoding", "chunked"),
                             ("Content-Type", "text/xml; charset=utf-8"), ("Server", "Microsoft-IIS/7.5"),
                             ("Set-Cookie", "exchangecookie=0a1b; path=/; HttpOnly"), ("X-AspNet-Version", "2.0.50727"),
                             ("X-Powered-By", "ASP.NET")], chunks)

    def version_refused(self, asked):
        known = asked and asked.startswith("Exchange201")
        return Fault("ErrorInvalidServerVersion", "The specified server version is invalid.") if known else \
            Fault("ErrorInvalidRequest", "The request is invalid.")

    def envelope(self, name, inner):
        return (f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Header><h:ServerVersionInfo '
                'MajorVersion="14" MinorVersion="2" MajorBuildNumber="328" MinorBuildNumber="9" '
                f'Version="Exchange2010_SP2" xmlns:h="{TYPES}" xmlns="{TYPES}" {XSI}/></s:Header><s:Body {XSI}>'
                f'<m:{name}Response xmlns:m="{MESSAGES}" xmlns:t="{TYPES}"><m:ResponseMessages>{inner}'
                f'</m:ResponseMessages></m:{name}Response></s:Body></s:Envelope>')

    def fault(self, fault):
        values = "".join(f'<t:Value Name="{name}">{escaped(value)}</t:Value>' for name, value in fault.values)
        xml = f'<t:MessageXml xmlns:t="{TYPES}">{values}</t:MessageXml>' if values else ""
        return (f'<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="{SOAP}"><s:Body><s:Fault><faultcode '
                f'xmlns:a="{TYPES}">a:{fault.code}</faultcode><faultstring xml:lang="en-US">{fault.text}</faultstring>'
                f'<detail><e:ResponseCode xmlns:e="{ERRORS}">{fault.code}</e:ResponseCode><e:Message xmlns:e="{ERRORS}">'
                f'{fault.text}</e:Message>{xml}</detail></s:Fault></s:Body></s:Envelope>')
