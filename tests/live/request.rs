//! A plain HTTP/1.1 client: what a visitor of the gateway would see, and nothing smoothed over.

use std::fmt;
use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use crate::Result;

/// Longer than any gateway of the cases waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// What to ask for.
pub(crate) struct Ask {
    pub(crate) path: String,
    pub(crate) host: String,
    /// Bytes of a session cookie to send along.
    pub(crate) cookie_size: usize,
    /// Bytes of a form field to post; 0 makes it a GET.
    pub(crate) body_size: usize,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An answer with this status.
    Status(u16),
    /// Nothing listens.
    Refused,
}

/// What came back.
pub(crate) struct Answer {
    pub(crate) outcome: Outcome,
    pub(crate) body: String,
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(code) => write!(formatter, "{code}"),
            Self::Refused => formatter.write_str("connection refused"),
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.body.chars().take(60).collect();
        write!(formatter, "{} {start:?}", self.outcome)
    }
}

/// Makes one request to a loopback port.
pub(crate) fn send(port: u16, ask: &Ask) -> Result<Answer> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = match TcpStream::connect_timeout(&address, PATIENCE) {
        Ok(stream) => stream,
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            return Ok(Answer { outcome: Outcome::Refused, body: String::new() });
        }
        Err(error) => return Err(format!("connecting to {address}: {error}")),
    };
    stream.set_write_timeout(Some(PATIENCE)).map_err(|error| format!("setting a write timeout: {error}"))?;
    // A gateway may answer 413 and close before it has read everything: the answer counts.
    let sent = stream.write_all(&ask.head()).and_then(|()| stream.write_all(&ask.body()));
    let answer = receive(&mut stream).and_then(|bytes| parse(&bytes));
    match sent {
        Ok(()) => answer,
        Err(error) => answer.map_err(|reason| format!("{reason} (sending: {error})")),
    }
}

impl Ask {
    fn head(&self) -> Vec<u8> {
        let method = if self.body_size > 0 { "POST" } else { "GET" };
        let mut lines = vec![
            format!("{method} {} HTTP/1.1", self.path),
            format!("Host: {}", self.host),
            "User-Agent: gwlint-live".to_owned(),
            "Connection: close".to_owned(),
        ];
        if self.cookie_size > 0 {
            lines.push(format!("Cookie: session={}", "c".repeat(self.cookie_size)));
        }
        if self.body_size > 0 {
            lines.push("Content-Type: application/x-www-form-urlencoded".to_owned());
            lines.push(format!("Content-Length: {}", self.body().len()));
        }
        (lines.join("\r\n") + "\r\n\r\n").into_bytes()
    }

    fn body(&self) -> Vec<u8> {
        if self.body_size == 0 {
            return Vec::new();
        }
        let mut body = b"note=".to_vec();
        body.resize(body.len() + self.body_size, b'b');
        body
    }
}

/// Reads until the server closes or patience ends.
fn receive(stream: &mut TcpStream) -> Result<Vec<u8>> {
    let deadline = Instant::now() + PATIENCE;
    let mut bytes = Vec::new();
    let mut chunk = [0; 16 * 1024];
    loop {
        let left = deadline.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(format!("no complete answer within {} s", PATIENCE.as_secs()));
        }
        stream.set_read_timeout(Some(left)).map_err(|error| format!("setting a read timeout: {error}"))?;
        match stream.read(&mut chunk) {
            Ok(0) => return Ok(bytes),
            Ok(count) => bytes.extend_from_slice(&chunk[..count]),
            Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            // A reset after a complete answer is how some gateways refuse a large body.
            Err(_) if !bytes.is_empty() => return Ok(bytes),
            Err(error) => return Err(format!("reading the answer: {error}")),
        }
    }
}

/// Splits an answer into status and body.
fn parse(bytes: &[u8]) -> Result<Answer> {
    let text = String::from_utf8_lossy(bytes);
    let (head, body) =
        text.split_once("\r\n\r\n").ok_or_else(|| format!("no HTTP answer, but {} bytes", bytes.len()))?;
    let code = head
        .strip_prefix("HTTP/1.")
        .and_then(|rest| rest.get(2..5))
        .and_then(|code| code.parse().ok())
        .ok_or_else(|| format!("no status line: {head:?}"))?;
    let chunked = head.to_ascii_lowercase().contains("\r\ntransfer-encoding: chunked");
    let body = if chunked { join_chunks(body) } else { body.to_owned() };
    Ok(Answer { outcome: Outcome::Status(code), body })
}

/// Joins the chunks of a body; what follows a broken chunk is dropped.
fn join_chunks(mut rest: &str) -> String {
    let mut body = String::new();
    while let Some((size, data)) = rest.split_once("\r\n") {
        let Ok(size) = usize::from_str_radix(size.trim(), 16) else {
            break;
        };
        let Some(chunk) = data.get(..size).filter(|chunk| !chunk.is_empty()) else {
            break;
        };
        body += chunk;
        rest = data[size..].trim_start_matches("\r\n");
    }
    body
}
