//! A plain HTTP/1.1 client: what a visitor of the gateway would see, and nothing smoothed over.

use std::fmt;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

use crate::Result;

/// Longer than any gateway of the cases waits.
const PATIENCE: Duration = Duration::from_secs(10);

/// So many pieces has a body that takes its time.
const PIECES: u16 = 5;

/// What to ask for.
pub(crate) struct Ask {
    pub(crate) path: String,
    pub(crate) host: String,
    /// Bytes of a session cookie to send along.
    pub(crate) cookie_size: usize,
    /// Bytes of a form field to post; 0 makes it a GET.
    pub(crate) body_size: usize,
    /// How long the body is on its way, as over a slow line.
    pub(crate) body_takes: Duration,
    /// More lines of the head.
    pub(crate) headers: Vec<String>,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// An answer with this status.
    Status(u16),
    /// Nothing listens.
    Refused,
    /// The connection was closed without an answer.
    Closed,
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
            Self::Closed => formatter.write_str("connection closed"),
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
pub(crate) fn send(port: u16, ask: &Ask, path: &str) -> Result<Answer> {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut stream = match TcpStream::connect_timeout(&address, PATIENCE) {
        Ok(stream) => stream,
        Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
            return Ok(Answer::none(Outcome::Refused));
        }
        Err(error) => return Err(format!("connecting to {address}: {error}")),
    };
    stream.set_write_timeout(Some(PATIENCE)).map_err(|error| format!("setting a write timeout: {error}"))?;
    // A gateway may answer 413 and close before it has read everything: the answer counts.
    let sent = stream.write_all(&ask.head(path)).and_then(|()| ask.send_body(&mut stream));
    let answer = receive(&mut stream).and_then(|bytes| parse(&bytes));
    match sent {
        Ok(()) => answer,
        Err(error) => answer.map_err(|reason| format!("{reason} (sending: {error})")),
    }
}

impl Answer {
    fn none(outcome: Outcome) -> Self {
        Self { outcome, body: String::new() }
    }
}

impl Ask {
    fn head(&self, path: &str) -> Vec<u8> {
        let method = if self.body_size > 0 { "POST" } else { "GET" };
        let mut lines = vec![
            format!("{method} {path} HTTP/1.1"),
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
        lines.extend(self.headers.iter().cloned());
        (lines.join("\r\n") + "\r\n\r\n").into_bytes()
    }

    /// Sends the body at once, or in pieces with equal waits between them.
    fn send_body(&self, stream: &mut TcpStream) -> io::Result<()> {
        let body = self.body();
        if self.body_takes.is_zero() {
            return stream.write_all(&body);
        }
        for piece in body.chunks(body.len().div_ceil(usize::from(PIECES)).max(1)) {
            stream.write_all(piece)?;
            thread::sleep(self.body_takes / u32::from(PIECES));
        }
        Ok(())
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
            Err(error) if !bytes.is_empty() || error.kind() == ErrorKind::ConnectionReset => {
                return Ok(bytes);
            }
            Err(error) => return Err(format!("reading the answer: {error}")),
        }
    }
}

/// Splits an answer into status and body.
fn parse(bytes: &[u8]) -> Result<Answer> {
    if bytes.is_empty() {
        return Ok(Answer::none(Outcome::Closed));
    }
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
