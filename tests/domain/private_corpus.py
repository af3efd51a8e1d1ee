"""Two hundred ways in which people give themselves away, made up, and what must not be touched.

`{}` marks the private part's braces: "Write to {a@b.example}" must not keep `a@b.example`.
"""

from __future__ import annotations

NAMES = ("Alice Miller", "sam_k", "Søren Kjær", "Bill", "Marie-Claire")
"""Who takes part in the ticket that the texts come from."""

PRIVATE: dict[str, str] = {
    "email": """
        Write to {jane.roe@mail.example.com} please.
        My address is {j_roe+shop@example.org}
        It went to {JANE.ROE@EXAMPLE.COM}, not to me.
        {o'neil@example.co.uk} is mine
        mailto:{kim@sub.domain.example.net}
        Reach me via {jane [at] example [dot] com}
        {jane.roe(at)example.com} works too
        Meine Mail: {max.muster@beispiel.de}.
        {jane at example dot com} if you need me
        Bitte an {erika(ät)beispiel(punkt)de} senden
        <{someone99@example.io}>
        Both {a.b@example.com} and support know.
        <mail>{x-y_z@host-name.example}</mail>
        Ich bin {müller@beispiel.example}
        adresse:{claude.dupont@exemple.fr};merci
        """,
    "phone": """
        Call {+1 415 555 0132} after five.
        Ruf an: {+49 170 1234567}
        {+44 20 7946 0958} is the office
        My number is {(415) 555-0132}.
        {415-555-0132} or the chat
        {415.555.0132} works
        Tel. {030 1234567}
        Handy: {0170/1234567}
        {0049 89 123456} from abroad
        phone: {5550132 77}
        whatsapp {+34 612 34 56 78}
        Appelez le {+33 6 12 34 56 78}
        text me at {2125550199}
        {+86 138 0013 8000} is mine
        Mobil {0151-23456789} bitte
        It is {1-800-555-0199}
        {+1(212)555-0147}
        Fax {+43 1 5333 1234}
        """,
    "card": """
        My card is {4111 1111 1111 1111}
        {5500-0000-0000-0004} was charged
        {340000000000009} does not work
        card {6011000000000004}.
        Visa {4012888888881881}, why?
        Karte {5555 5555 5555 4444} abgelehnt
        {3530111333300000} jcb
        {4222222222222}
        exp {12/27} is on it
        cvv: {123}
        CVC {4455} is on the back
        valid thru {09/2028}
        """,
    "bank": """
        IBAN {DE89 3704 0044 0532 0130 00} please
        {GB29NWBK60161331926819} is the account
        Konto {FR14 2004 1010 0505 0001 3M02 606}.
        send it to {nl91abna0417164300}
        {AT611904300234573201} danke
        {CH93 0076 2011 6238 5295 7} and then wait
        sort code {12-34-56}
        routing number {021000021}
        BIC: {DEUTDEFF500}
        BLZ {370 400 44}
        account number: {12345678}
        Kontonummer {0532013000}
        IBAN: {ES9121000418450200051332}
        SWIFT {NWBKGB2L}
        """,
    "key": """
        token ghp{_16C7e42F292c6912E7710c838347Ae178B4a}
        AWS {AKIA}{IOSFODNN7EXAMPLE} leaked
        sk{_live_4eC39HqLyjWDarjtT1zdp7dc}
        AIza{SyD-9tSrke72PouQMnMXa7eZSW0jkFMBWY}
        xoxb{-123456789012-abcdefGHIJKL}
        Bearer {abc123def456ghi789}
        eyJhbGciOiJIUzI1NiJ9{.eyJzdWIiOiIxMjM0NTY3ODkwIn0}.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P
        key {d41d8cd98f00b204e9800998ecf8427e}
        licence {A1B2C-3D4E5-F6G7H-8I9J0}
        my bot: {MTk4NjIyNDgzNDcxOTI1MjQ4}.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs
        -----BEGIN RSA PRIVATE KEY-----\\n{MIIBOgIBAAJBAKj34GkxFhD}\\n-----END RSA PRIVATE KEY-----
        my seed words are {witch collapse practice feed shame open despair creek road ice least zoo}
        glpat{-1a2B3c4D5e6F7g8H9i0J}
        npm{_1a2B3c4D5e6F7g8H9i0Jk1Lm2No3Pq4}
        It says {Zx81kQ72mvPp03LsT6aa9} there
        Authorization: Basic {dXNlcjpwYXNz}d29yZDE=
        sk-{proj-a1B2c3D4e5F6g7H8}
        hf{_abcDEF123456ghiJKL7890mno}
        Gift code {QX7P-9KLM-22TR-0ZZA}
        DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ}
        the key is {QX7P-9KLM-22TR-0ZZA}
        https://discord.com/api/webhooks/{123456789012345678/aBcDeF-ghIJkl}
        sha {e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855}
        """,
    "password": """
        curl -u admin:{Pa55w0rd} https://api.example
        jane@example.com:{hunter2}
        the wifi password is '{purple horse battery}'
        password: {hunter2}
        Passwort: {Geheim123!}
        my password is {Tr0ub4dor&3}
        pwd={letmein99}
        PIN: {4821}
        the code is {938214}
        verification code: {77-31-20}
        your 2FA code is {492013}
        pass: {correct-horse}
        Kennwort lautet {Sommer2024}
        api key: {abcd-not-a-real-one}
        secret = "{s3cr3t value}
        I changed the password to {Winter#2025}
        token: {abcdefgh12345678}
        passphrase: {staple-battery}
        otp {118822} does not work
        mot de passe : {soleil75}
        contraseña: {perro2023}
        recovery code: {8f3k-22ab}
        pw: {qwertz1}
        """,
    "link": """
        Click https://shop.example/reset{?token=9f8e7d}
        https://example.com/invite/{Ab3xK9dQ2mZp7LsT}
        {https://user:pass@example.com}/admin
        https://example.com/cb#access_token={abc}
        https://discord.gg/{abcDEF12}
        discord.gg/{secretclub}
        https://discord.com/api/webhooks/{123456789012345678/aBcDeF-ghIJkl}
        https://cdn.discordapp.com/attachments/{111/222/passport.png}
        https://example.com/order?email={jane@example.com}
        postgres://admin:{pa55word}@db.example/shop
        https://pay.example/i/{3f2a9c71d5e84b60}
        https://discord.com/channels/{1/2/3}
        https://maps.example/?q={12+Main+Street}
        """,
    "mention": """
        Ask <@{123456789012345678}> about it
        <@!{123456789012345678}> did it
        <@&{223456789012345678}> are here
        see <#{323456789012345678}>
        {@everyone} listen
        {@jane_roe} knows
        I am {@jane.roe99} there
        add {JaneRoe#4821}
        cc {@support_lead}
        {@here} please
        """,
    "network": """
        My IP is {84.132.17.200}
        from {203.0.113.77}:8080
        {2001:db8:85a3::8a2e:370:7334} too
        MAC {00:1A:2B:3C:4D:5E}
        blocked {198.51.100.4}, why
        mac {a4-83-e7-11-22-33}
        {fe80::1ff:fe23:4567:890a} locally
        the router has {192.168.178.44}
        ssh to {100.64.12.9}.
        {2a02:908:1234::1} is v6
        """,
    "address": """
        I live at {12 Main Street}
        Ship to {221B Baker Street}, London
        {1600 Pennsylvania Ave}
        Ich wohne in der {Musterstraße 12}
        {Hauptstr. 5a, 10115 Berlin}
        an {Lindenweg 7}
        {10 Downing St} is mine
        {P.O. Box 1234}
        an {Postfach 1122}
        London {NW1 6XE}
        {Springfield, IL 62704}
        habito en {Calle Mayor 14}
        {12 rue de la Paix}, Paris
        it is at {48.8584, 2.2945}
        {742 Evergreen Terrace}
        {350 5th Avenue, Suite 3300}
        Am Ende der {Berliner Allee 44}
        {55 Rue du Faubourg Saint-Honoré}
        Via: {Via Roma 10}
        lebe in Köln, {50667 Köln}
        """,
    "number": """
        Order {#1234567}
        order number {A-48213}
        invoice {INV-2024-0099}
        Bestellnummer {4711-22}
        ticket {84213}
        my id is {123456789012345678}
        uuid {123e4567-e89b-12d3-a456-426614174000}
        SSN {123-45-6789}
        tracking {1Z999AA10123456784}
        Kundennummer: {K-55123}
        born on {3 May 1990}
        date of birth: {01/02/1985}
        geboren am {12.03.1979}
        passport number {C01X00T47}
        booking reference {78X-2231}
        Rechnung {2024/8812}
        account {99120034}
        case {#55231}
        """,
    "name": """
        Hi {Alice}, press Reset.
        {alice} asked for it
        {Miller} said so
        As {Alice Miller} wrote
        {ALICE}'s order
        {sam_k} will do it
        {Søren} knows
        {Kjær} too
        Ask {Bill} tomorrow
        {Marie-Claire} is away
        Thanks, {Marie}!
        Dear {Mrs. Thornbury},
        Mr {Abernathy} called
        Herr {Müller} ist da
        Frau {Öztürk-Schmidt} auch
        My name is {Ravi Shankaran}
        ich heiße {Jörg}
        Hello {Priya},
        Best regards, {Tom Hargreaves}
        Danke {Ute}!
        Dr. {Nakamura} confirmed
        Hallo {Jens}, bitte neu starten
        Viele Grüße, {Heike}
        Thank you {Giulia}.
        Bonjour {Céline},
        Name: {Olga Petrova}
        Hey {Dmitri}!
        Contact: {Ines Alvarez}
        Cheers, {Fergus}
        Señora {Ibáñez} pagó
        my colleague {Peter} told me
        my wife {maria} ordered it
        """,
}

HARMLESS = """
Open Settings, choose Security, and press "Forgot password".
The password must have at least 12 characters.
Your password is too short.
Passwords are stored hashed.
The code is sent by mail within 10 minutes.
Refunds are paid within 14 days to the card that you used.
Shipping takes 3 to 5 days and costs 4.90 EUR.
Version 2.14.3 fixes this.
Update to 1.20.4 or later.
It opens at 09:00 and closes at 17:30.
The offer ends on 2026-12-31.
Since 24.12.2025 it is free.
See https://docs.example.com/guide/install#linux for the steps.
Go to https://example.com/account/security and sign in.
Run `ogma kb ingest docs/` and wait.
Use `npm install @angular/core` first.
The file is at C:\\Users\\Public\\settings.json.
Edit /etc/nginx/nginx.conf and reload.
Port 8080 must be open.
Listen on 127.0.0.1:3000.
Error 10061 means that the connection was refused.
Error code 0x80070005 means access denied.
Hold the button for ten seconds until the light turns green.
The plan includes 100 GB and up to 5 users.
Choose Billing, then Invoices, and download the PDF.
Hi there, thanks for waiting.
Hello everyone, the service is back.
Please restart the router and try again.
This will work on the way home too.
You may drive it in 3 ways.
The 2024 model has a new filter.
std::vector is fine here.
A ratio of 16:9 is best.
Set the temperature to 180 degrees for 25 minutes.
Our support team answers within two hours.
The account can be deleted below Settings, Privacy.
An invoice is sent on the first of the month.
Tickets are closed after seven days.
The order is shipped on the next working day.
Choose a token in the list and press Revoke.
Set the secret in the environment.
Two-factor sign-in needs an app that makes codes.
Turn the dial to 7, not to 9.
The limit is 1,000,000 requests a month.
It costs 1.299,00 EUR a year.
Use UTF-8, not ISO-8859-1.
The SHA-256 of the file must match.
Öffne die Einstellungen und wähle Sicherheit.
Das Kennwort muss mindestens 12 Zeichen haben.
Die Lieferung dauert 3 bis 5 Tage.
Die Rechnung kommt am Monatsersten.
Bitte starte den Router neu.
Hallo zusammen, es geht wieder.
Klicke auf "Konto" und dann auf "Löschen".
Der Vertrag kann zum Monatsende gekündigt werden.
Appuyez sur le bouton pendant dix secondes.
Pulse el botón durante diez segundos.
/close-request asks the customer first.
Use #general for everything else.
C# and F# are both supported.
"""

PASTED = """
My card is {4111 1111 1111 1111}
{5555-5555-5555-4444} was charged twice
{378282246310005} amex
karte: {4000056655665556}
IBAN {DE89 3704 0044 0532 0130 00} bitte
{GB29NWBK60161331926819}
Kontonummer {0532013000}, BLZ {370 400 44}
sort code {12-34-56}
password: {hunter2}
Password:\\n{hunter2}
**Password:** {hunter2}
{"user": "jo", "password": "{hunter2}"}
Passwort = {Geheim123!}
my password is {Tr0ub4dor&3}
pwd={letmein99}
PIN: {4821}
my cvv {123}
recovery code: {8f3k-22ab}
api_key={abcd-not-a-real-one}
client secret: {abcdefghijklmnop}
here is my api key {Zx81kQ72mvPp03LsT6aa9QQ12}
the license key is {QX7P-9KLM-22TR-0ZZA}
ghp{_16C7e42F292c6912E7710c838347Ae178B4a}
sk-{proj-a1B2c3D4e5F6g7H8}
AKIA{IOSFODNN7EXAMPLE}
xoxb{-123456789012-abcdefGHIJKL}
MTk4NjIyNDgzNDcxOTI1MjQ4{.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs}
123456789:{AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsawE}
eyJhbGciOiJIUzI1NiJ9{.eyJzdWIiOiIxMjM0NTY3ODkwIn0}.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9P
Authorization: Bearer {abc123def456ghi789}
curl -H "Authorization: Basic {dXNlcjpwYXNzd29yZDE=}"
-----BEGIN OPENSSH PRIVATE KEY-----\\n{b3BlbnNzaC1rZXktdjEAAAA}\\n-----END OPENSSH PRIVATE KEY-----
postgres://admin:{pa55word}@db.example/shop
mongodb+srv://app:{s3cr3t}@cluster0.example.net
redis://:{p4ss}@cache:6379
https://discord.com/api/webhooks/{123456789012345678/aBcDeF-ghIJkl}
https://hooks.slack.com/services/{T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX}
https://shop.example/reset?token={9f8e7d6c}
AccountName=shop;AccountKey={q83vEjRWeJCrze8SNFZ4kKvN7xI0VniQ}==
it only shows {f8Kq2LmZ9xPw4RtY7uVb3NsD}
My key is {Ab12Cd34Ef56Gh78Ij90Kl12Mn}.
DB_PASSWORD={pg_live_4432}
MYSQL_ROOT_PASSWORD: "{toor-9912}"
AWS_SECRET_ACCESS_KEY={wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY}
JWT_SECRET={a8f5f167f44f}
curl -u admin:{Pa55w0rd} https://api.example
bob@example.com:{hunter2}
The wifi password is "{purple horse battery}"
My password is now set to {Blue-Moon-8}
My seed phrase: {abandon ability able about above absent absorb abstract absurd abuse access alarm}
Пароль: {kotik123}
密码：{abc12345}
whsec_{MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw}
shpat_{0123456789abcdef0123456789abcdef}
"""
"""Secrets as people paste them into tickets; `{}` marks what must not be stored (D4)."""

ORDINARY = """
The password "Reset link" button does nothing
It says password is "too short" when I type 20 letters
My recovery phrase was lost when the phone broke down and nobody could help
The seed phrase page shows nothing
git clone git@git.example.com:owner1/repo2.git
ssh root@host.example.com:2222
Mail to bob@example.com: I wrote it twice
My password was changed 2024-11-30 by somebody
The token is set to expire in 30 days
wrong_password: what does that mean?
FORGOT_PASSWORD=true
curl -u user https://api.example
The error is password_too_short
WhatsApp-Image-2024-11-30-at-12.34.56.jpeg does not open
Screenshot_2024-11-30-12-34-56-789_com.example.jpg
Order number 4012888888881882
My order is 302-1234567-1234567
Bestellnummer: 2024-AB12-9981-XZ
Tracking number 1Z999AA10123456784
DHL 00340434161094042557
USPS 9400 1000 0000 0000 0000 00
commit 9f8c2b1d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b broke it
sha256 e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
md5sum: d41d8cd98f00b204e9800998ecf8427e
My device id is 123e4567-e89b-12d3-a456-426614174000
UUID: 550E8400-E29B-41D4-A716-446655440000
Discord id 286423908234559488
channel 1234567890123456789
<@286423908234559488> said so
IMEI 356938035643809
EAN 4006381333931
ISBN 978-3-16-148410-0
Error code: 0x80070005
error code is E1234-5567
the status code was 500
promo code is SAVE20
postal code: 10115
country code: +49
token: unexpected end of input
Unexpected token: } in JSON
SyntaxError: Unexpected token '<', "<!DOCTYPE "... is not valid JSON
Password: how do I change it?
Password: forgotten
password: required
"password": "string"
password=None
password = os.environ["PW"]
export PASSWORD=$SECRET
Passwort: vergessen
Passwort zurücksetzen: wie geht das?
Battle pass: level 30
season pass: 2024 edition
my pin is wrong
the pin: it does not work
Swift 5.9 compiler 12
Konto seit 2021 gesperrt
Kundennummer 12345678
customer account number 12345678
account number 4711-22
model WH-1000XM4-B and SKU ABC-12345-XL
Serial no. SN-2024-ABCD-1234
License for 5 users
version 2.14.3-beta.1+build.20240101
build 20240101.123456
ffmpeg -i input.mp4 -c:v libx264 -preset slow output.mp4
kubectl get pod my-app-6b8f9c7d5-x2x4q
com.example.MyApplication2Activity3Fragment4Adapter5
getUserById2ThenFetchOrders3AndInvoices4
https://example.com/docs?id=12&lang=en
https://www.youtube.com/watch?v=dQw4w9WgXcQ
https://docs.google.com/document/d/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms/edit
127.0.0.1:8080 and 10.0.0.1
1700000000000 is the timestamp
+49 170 1234567
2024-11-23T10:11:12.345Z
ratio 4:3, 16:9
invoice RE-2024-000123
GPU-8f6a9a3c-1d2e-4b5c-9f00-aabbccddeeff
AppData\\\\Local\\\\Temp\\\\tmp1a2b3c4d5e6f7g8h
Steam ID STEAM_0:1:12345678
76561198012345678
Case 500Hs00001TZ3uEIAT
subscription sub_1MowQVLkdIwHu7ixeqb9
the API key page does not open
Where do I find my API key?
How do I reset my password to a new one?
the token is expired
token limit is 4096
secret: none
2FA code is not arriving
verification code: not received
sort code is where?
BLZ fehlt
Routing number question
base64 of the logo
my key is broken after 2 weeks
"""
"""What people have to write in tickets, and what looks like secrets only to a careless pattern."""
