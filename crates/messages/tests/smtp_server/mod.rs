//! Debian's aiosmtpd, started by a test on a free port: the other side of the protocol is someone else's software.
#![allow(dead_code)] // Each test file uses a part of it.

use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::mpsc::{Receiver, channel},
    time::Duration,
};

use serde_json::Value;

pub struct SmtpServer {
    child: Child,
    said: Receiver<Value>,
    pub port: u16,
}

impl SmtpServer {
    pub fn start() -> SmtpServer {
        SmtpServer::with(&["0"])
    }

    /// Comes back on the port that it had.
    pub fn on(port: u16) -> SmtpServer {
        SmtpServer::with(&[&port.to_string()])
    }

    /// With TLS and a password: `tls` or `starttls`.
    pub fn guarded(folder: &Path, mode: &str) -> SmtpServer {
        let (cert, key) = (folder.join("cert.pem"), folder.join("key.pem"));
        let made = Command::new("openssl")
            .args([
                "req",
                "-x509",
                "-newkey",
                "ec",
                "-pkeyopt",
                "ec_paramgen_curve:prime256v1",
                "-nodes",
                "-days",
                "30",
                "-subj",
                "/CN=localhost",
            ])
            .args(["-addext", "subjectAltName=DNS:localhost", "-addext", "basicConstraints=critical,CA:FALSE", "-keyout"])
            .arg(&key)
            .arg("-out")
            .arg(&cert)
            .output()
            .expect("openssl makes the test's certificate");
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        SmtpServer::with(&["0", &cert.to_string_lossy(), &key.to_string_lossy(), mode])
    }

    fn with(args: &[&str]) -> SmtpServer {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/smtp_server/server.py");
        let mut child = Command::new("/usr/bin/python3")
            .arg(script)
            .args(args)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("Debian's python3 with python3-aiosmtpd; scripts/install-test-tools installs it");
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (into, said) = channel();
        std::thread::spawn(move || {
            lines.map_while(Result::ok).filter_map(|line| serde_json::from_str(&line).ok()).for_each(|said| drop(into.send(said)))
        });
        let first: Value = said.recv_timeout(Duration::from_secs(20)).expect("aiosmtpd starts; scripts/install-test-tools installs it");
        let port = u16::try_from(first["port"].as_u64().unwrap()).unwrap();
        SmtpServer { child, said, port }
    }

    /// The next mail that came.
    pub fn mail(&self) -> Value {
        self.said.recv_timeout(Duration::from_secs(10)).expect("a mail came")
    }

    /// Nothing more has come.
    pub fn is_quiet(&self) -> bool {
        self.said.recv_timeout(Duration::from_millis(200)).is_err()
    }
}

impl Drop for SmtpServer {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
