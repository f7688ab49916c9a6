"""Someone else's mail server (aiosmtpd) that behaves as the recipient's name asks. Usage: server.py PORT [CERT KEY tls|starttls]"""
import asyncio, email, email.policy, json, os, ssl, sys
from aiosmtpd.smtp import SMTP, AuthResult

refused = {}


def say(what, **more):
    print(json.dumps({"what": what, **more}), flush=True)


class Handler:
    async def handle_MAIL(self, server, session, envelope, address, options):
        if address.startswith("unknown-sender"):
            return "550 5.7.1 sender not allowed"
        envelope.mail_from = address
        return "250 ok"

    async def handle_RCPT(self, server, session, envelope, address, options):
        name = address.strip('"').split("@")[0]
        if name.startswith("never"):
            return "550 5.1.1 no such user " + address
        if name.startswith("full"):
            return "552 5.2.2 mailbox full"
        if name.startswith("blocked"):
            return "550 5.7.1 not wanted"
        if name.startswith("later"):  # later2-x: twice
            left = refused.get(address, int(name[5]))
            if left > 0:
                refused[address] = left - 1
                return "451 4.3.2 try later"
        if name.startswith("hangs"):
            await asyncio.sleep(60)
        envelope.rcpt_tos.append(address)
        return "250 ok"

    async def handle_DATA(self, server, session, envelope):
        name = envelope.rcpt_tos[0].strip('"').split("@")[0]
        if name.startswith("spam"):
            return "554 5.7.1 looks like spam"
        if name.startswith("busy"):
            left = refused.get(name, 1)
            refused[name] = left - 1
            if left > 0:
                return "452 4.3.1 disk full"
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        say("mail", session=id(session), tls=server.transport.get_extra_info('ssl_object') is not None, sender=envelope.mail_from, to=envelope.rcpt_tos,
            names=[key for key, _ in mail.items()], headers={key: str(value) for key, value in mail.items()},
            text=mail.get_content(), raw=envelope.original_content.decode("latin-1"))
        if name.startswith("dies"):
            os._exit(1)
        if name.startswith("slow"):
            await asyncio.sleep(float(name[4:].split("-")[0]))
        return "250 2.0.0 taken"


async def main():
    loop = asyncio.get_running_loop()
    context = None
    options = dict(hostname="mail.example.jp", ident="test")
    mode = sys.argv[4] if len(sys.argv) > 4 else None
    if mode:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(sys.argv[2], sys.argv[3])
        options |= dict(authenticator=lambda *given: AuthResult(success=given[4].password == b"geheim"), auth_required=True)
        if mode == "starttls":
            options |= dict(tls_context=context, require_starttls=True)
        else:
            options |= dict(auth_require_tls=False)
    server = await loop.create_server(lambda: SMTP(Handler(), **options), "127.0.0.1", int(sys.argv[1]),
                                      ssl=context if mode == "tls" else None)
    say("listening", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()

asyncio.run(main())
