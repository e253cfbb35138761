# SPDX-License-Identifier: Apache-2.0
"""What is measured against: an nginx with a canned answer, a lab, a home for tenon. All of it on loopback, in one
temporary directory, and gone afterwards."""
import json
import os
import socket
import subprocess
import time
from pathlib import Path

ANSWER = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header>'
    '<h:ServerVersionInfo MajorVersion="15" MinorVersion="2" MajorBuildNumber="1544" MinorBuildNumber="11"'
    ' Version="V2017_07_11" xmlns:h="http://schemas.microsoft.com/exchange/services/2006/types"/></s:Header><s:Body>'
    '<m:GetFolderResponse xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"><m:ResponseMessages>'
    '<m:GetFolderResponseMessage ResponseClass="Success"><m:ResponseCode>NoError</m:ResponseCode><m:Folders>'
    '<t:Folder><t:FolderId Id="AAMkADRlbmNoAAA=" ChangeKey="AQAAABYAAAA"/><t:DisplayName>Top of Information Store'
    '</t:DisplayName><t:TotalCount>0</t:TotalCount><t:ChildFolderCount>18</t:ChildFolderCount>'
    '<t:UnreadCount>0</t:UnreadCount></t:Folder></m:Folders></m:GetFolderResponseMessage></m:ResponseMessages>'
    '</m:GetFolderResponse></s:Body></s:Envelope>')

REQUEST = (
    '<?xml version="1.0" encoding="utf-8"?>'
    '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"'
    ' xmlns:t="http://schemas.microsoft.com/exchange/services/2006/types"'
    ' xmlns:m="http://schemas.microsoft.com/exchange/services/2006/messages"><s:Header>'
    '<t:RequestServerVersion Version="Exchange2013_SP1"/><t:ExchangeImpersonation><t:ConnectingSID>'
    '<t:PrimarySmtpAddress>someone@bench.example</t:PrimarySmtpAddress></t:ConnectingSID></t:ExchangeImpersonation>'
    '</s:Header><s:Body><m:GetFolder><m:FolderShape><t:BaseShape>IdOnly</t:BaseShape></m:FolderShape><m:FolderIds>'
    '<t:DistinguishedFolderId Id="msgfolderroot"/></m:FolderIds></m:GetFolder></s:Body></s:Envelope>')

CONFIGURATION = '''
daemon off;
{user}
worker_processes 2;
pid {at}/nginx.pid;
error_log {at}/nginx.log crit;
events {{ worker_connections 256; }}
http {{
  access_log off;
  client_body_temp_path {at}/body;
  proxy_temp_path {at}/proxy;
  fastcgi_temp_path {at}/fastcgi;
  uwsgi_temp_path {at}/uwsgi;
  scgi_temp_path {at}/scgi;
  keepalive_requests 100000000;
  server {{
    listen 127.0.0.1:{port} ssl;
    server_name localhost;
    ssl_certificate {at}/server.pem;
    ssl_certificate_key {at}/server.key;
    location / {{ default_type "text/xml; charset=utf-8"; return 200 '{answer}'; }}
  }}
}}
'''


def free_port():
    with socket.socket() as one:
        one.bind(('127.0.0.1', 0))
        return one.getsockname()[1]


def ends(process, seconds=10):
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class Nginx:
    """For the length of a with block."""

    def __init__(self, at):
        self.at, self.port = Path(at), free_port()
        self.url = f'https://localhost:{self.port}/EWS/Exchange.asmx'
        self.ca = self.at / 'server.pem'
        self.request = self.at / 'request.xml'

    def __enter__(self):
        self.request.write_text(REQUEST, encoding='utf-8')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes',
                        '-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1', '-days', '30',
                        '-keyout', self.at / 'server.key', '-out', self.ca], check=True, capture_output=True)
        (self.at / 'nginx.conf').write_text(CONFIGURATION.format(
            at=self.at, port=self.port, answer=ANSWER, user='user root;' if os.geteuid() == 0 else ''), encoding='utf-8')
        environment = {**os.environ, 'PATH': os.environ['PATH'] + ':/usr/sbin'}
        self.process = subprocess.Popen(
            ['nginx', '-p', self.at, '-e', self.at / 'nginx.log', '-c', self.at / 'nginx.conf'], env=environment,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(200):
            try:
                socket.create_connection(('127.0.0.1', self.port), 1).close()
                return self
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f'nginx did not start: {(self.at / "nginx.log").read_text(encoding="utf-8")}')

    def __exit__(self, *_):
        self.process.terminate()
        ends(self.process)


class Lab:
    """tenon-lab for the length of a with block; its ready line by attribute."""

    def __init__(self, program, *args):
        self.argv = [program, *args]

    def __enter__(self):
        self.process = subprocess.Popen(self.argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.DEVNULL, text=True)
        self.ready = json.loads(self.process.stdout.readline())
        return self

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.stdout.close()
        ends(self.process)

    def __getattr__(self, name):
        return self.ready[name]


class Home:
    """A person's directories, and tenon run in them."""

    def __init__(self, at, build):
        self.at, self.program = Path(at), str(build / 'core/cli/tenon')
        self.env = {
            'HOME': at, 'PATH': '/usr/bin:/bin', 'LC_ALL': 'C.UTF-8',
            'XDG_CONFIG_HOME': f'{at}/config', 'XDG_DATA_HOME': f'{at}/data', 'XDG_STATE_HOME': f'{at}/state',
            'TENON_LIBEXEC': os.environ['TENON_LIBEXEC'], 'TENON_PLUGIN_PATH': os.environ['TENON_PLUGIN_PATH'],
        }

    def start(self, *args, **how):
        return subprocess.Popen([self.program, *args], env=self.env, **how)

    def tenon(self, *args, typed='', statuses=(0,)):
        done = subprocess.run([self.program, *args], env=self.env, text=True, input=typed, capture_output=True,
                              timeout=60, check=False)
        if done.returncode not in statuses:
            raise RuntimeError(f'tenon {" ".join(args)} ended with {done.returncode}: {done.stdout}{done.stderr}')
        return done

    def connect(self, name, url, user, password, ca):
        """Stores the connection whatever the server says: a canned answer verifies nothing."""
        self.tenon('wizard', name, '--connector', 'exchange-onprem', '--no-input', '--unverified',
                   *(part for pair in (('server', url), ('admin', user), ('ca_file', ca), ('auth', 'basic'))
                     for part in ('--set', f'{pair[0]}={pair[1]}')),
                   '--secret', 'password=-', typed=password + '\n', statuses=range(20))
        self.tenon('connections', 'show', name)


def family(pid):
    """The process and what it started."""
    try:
        with open(f'/proc/{pid}/task/{pid}/children', encoding='ascii') as file:
            children = [int(child) for child in file.read().split()]
    except OSError:
        children = []
    return [pid, *(p for child in children for p in family(child))]


def memory_kib(pid):
    """Pages that are in memory, shared ones counted in parts (PSS), of the process and what it started."""
    total = 0
    for member in family(pid):
        try:
            with open(f'/proc/{member}/smaps_rollup', encoding='ascii') as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith('Pss:'))
        except OSError:
            pass  # it has just left
    return total
