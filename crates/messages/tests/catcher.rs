//! The catcher against someone else's mail program: Python's smtplib, and raw bytes that no mail program would send.

use std::{process::Command, time::Duration};

use messages::catcher::{self, Catcher, readable};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

fn now() -> jiff::Timestamp {
    "2026-11-24T06:00:00Z".parse().unwrap()
}

async fn listen(patience: Duration) -> Catcher {
    catcher::listen("127.0.0.1:0".parse().unwrap(), patience, now).await.unwrap()
}

async fn python(catcher: &Catcher, script: &str) -> String {
    let script = format!("import smtplib, sys\nport = {}\n{script}", catcher.address.port());
    let run = move || Command::new("/usr/bin/python3").arg("-c").arg(script).output().unwrap();
    let out = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(out.status.success(), "{}", String::from_utf8_lossy(&out.stderr));
    String::from_utf8(out.stdout).unwrap()
}

/// Sends raw bytes and reads until the catcher hangs up or has nothing to say for a while.
async fn raw(catcher: &Catcher, bytes: &[u8]) -> String {
    let mut line = TcpStream::connect(catcher.address).await.unwrap();
    line.write_all(bytes).await.unwrap();
    let mut answers = Vec::new();
    let _ = tokio::time::timeout(Duration::from_millis(400), line.read_to_end(&mut answers)).await;
    String::from_utf8(answers).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mail_from_another_program_is_caught_as_it_was_sent() {
    let catcher = listen(Duration::from_secs(5)).await;
    python(
        &catcher,
        r#"
from email.message import EmailMessage
m = EmailMessage()
m["From"], m["To"], m["Subject"] = "a@example.jp", "b@example.jp", "受付のお知らせ 髙橋"
m.set_content("一行目\n.点だけの行のあと\n.\n..\n終わり\n", cte="base64")
with smtplib.SMTP("127.0.0.1", port, timeout=5) as s:
    s.noop(); s.send_message(m); s.rset()
    p = EmailMessage(); p["From"], p["Subject"] = "a@example.jp", "plain"; p.set_content(".\n..dots\nend\n")
    s.send_message(p, to_addrs=["c@example.jp", "d@example.jp"])
"#,
    )
    .await;
    let mails = catcher.caughts.newest();
    assert_eq!(mails.len(), 2);
    let (plain, japanese) = (readable(&mails[0].content), readable(&mails[1].content));
    assert_eq!(plain.text.trim_end(), ".\n..dots\nend");
    assert_eq!(mails[0].to, ["c@example.jp", "d@example.jp"]);
    assert_eq!(japanese.subject, "受付のお知らせ 髙橋");
    assert_eq!(japanese.text.trim_end(), "一行目\n.点だけの行のあと\n.\n..\n終わり");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_is_refused_and_the_session_goes_on() {
    let catcher = listen(Duration::from_secs(5)).await;
    let out = python(
        &catcher,
        r#"
s = smtplib.SMTP("127.0.0.1", port, timeout=5)
s.ehlo()
print(s.mail("a@example.jp", ["SIZE=999999"])[0])
s.mail("a@example.jp"); print(s.rcpt("b@example.jp")[0])
print(s.data("Subject: x\r\n\r\n" + ("x" * 900 + "\r\n") * 400)[0])
s.mail("a@example.jp"); s.rcpt("b@example.jp"); print(s.data("Subject: y\r\n\r\nsmall\r\n")[0])
s.quit()
"#,
    )
    .await;
    assert_eq!(out.split_whitespace().collect::<Vec<_>>(), ["552", "250", "552", "250"]);
    assert_eq!(catcher.caughts.newest().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_out_of_order_and_nonsense_are_answered() {
    let catcher = listen(Duration::from_secs(5)).await;
    let answers = raw(&catcher, b"MAIL FROM:<a@b.jp>\r\nEHLO x\r\nRCPT TO:<a@b.jp>\r\nDATA\r\nMAIL FROM:<a@b.jp>\r\nMAIL FROM:<c@b.jp>\r\nRCPT TO:<>\r\nDATA\r\nFOO\r\nRSET\r\nQUIT\r\n").await;
    let codes: Vec<&str> = answers.lines().filter(|line| line.as_bytes()[3] == b' ').map(|line| &line[..3]).collect();
    assert_eq!(codes, ["220", "503", "250", "503", "503", "250", "503", "501", "503", "500", "250", "221"]);
    let nonsense = raw(&catcher, "GET / HTTP/1.1\r\n".repeat(30).as_bytes()).await;
    assert!(nonsense.trim_end().ends_with("421 4.7.0 this is a mail server"), "{nonsense}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bare_line_feed_ends_no_mail_and_smuggles_no_second_one() {
    let catcher = listen(Duration::from_secs(5)).await;
    let smuggle = b"EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<c@b.jp>\r\nDATA\r\nfirst\n.\nMAIL FROM:<evil@b.jp>\nRCPT TO:<d@b.jp>\nDATA\nsecond\r\n.\r\nQUIT\r\n";
    raw(&catcher, smuggle).await;
    let mails = catcher.caughts.newest();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].from, "a@b.jp");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_line_is_closed_and_a_broken_one_leaves_no_mail() {
    let catcher = listen(Duration::from_millis(100)).await;
    assert!(raw(&catcher, b"EHLO x\r\n").await.contains("421 4.4.2"));
    raw(&catcher, b"EHLO x\r\nMAIL FROM:<a@b.jp>\r\nRCPT TO:<c@b.jp>\r\nDATA\r\nhalf a mail\r\n").await;
    assert!(catcher.caughts.newest().is_empty());
    let long = [b"EHLO x\r\nNOOP ".as_slice(), &[b'x'; 10_000], b"\r\nNOOP\r\n"].concat();
    let answers = raw(&catcher, &long).await;
    assert!(answers.contains("500 5.5.6") && answers.contains("250 2.0.0 ok"), "{answers}");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_the_newest_five_hundred_are_kept() {
    let catcher = listen(Duration::from_secs(5)).await;
    let mut session = b"EHLO x\r\n".to_vec();
    for number in 0..520 {
        session.extend(format!("MAIL FROM:<a@b.jp>\r\nRCPT TO:<c@b.jp>\r\nDATA\r\nSubject: {number}\r\n\r\nx\r\n.\r\n").into_bytes());
    }
    session.extend(b"QUIT\r\n");
    raw(&catcher, &session).await;
    let mails = catcher.caughts.newest();
    assert_eq!((mails.len(), mails[0].number, mails[499].number), (500, 520, 21));
    assert!(catcher.caughts.number(20).is_none());
}

#[tokio::test]
async fn a_catcher_never_faces_a_network() {
    assert!(catcher::listen("0.0.0.0:0".parse().unwrap(), Duration::from_secs(5), now).await.is_err());
}
