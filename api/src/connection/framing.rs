//! Where the lines of requests end (threat 44). HTTP ends a line with CR LF; a parser that also takes a bare LF may see other requests than a proxy before it.
//!
//! What it is: a walk along the bytes of a connection that knows heads from bodies, and turns a bare LF outside of bodies into a NUL, which no head may hold:
//! the parser behind answers 400 and closes. What it is not: the parser. It refuses nothing itself, and what it misjudges the parser still judges.

/// A line that is longer than this says nothing about framing: the parser refuses it.
const LINE: usize = 8_192;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    /// The request line and headers.
    Head,
    /// So many bytes of a body.
    Body(u64),
    /// The line before a chunk, which holds its size.
    Size,
    /// So many bytes of a chunk, and its line end.
    Chunk(u64),
    /// What follows the last chunk.
    Trailer,
}

/// Follows one connection.
#[derive(Debug)]
pub struct Framing {
    part: Part,
    line: Vec<u8>,
    after_cr: bool,
    /// What the head says about its body.
    length: u64,
    chunked: bool,
    /// Whether the head has a line yet: empty lines may stand before it.
    begun: bool,
}

impl Default for Framing {
    fn default() -> Self {
        Self { part: Part::Head, line: Vec::new(), after_cr: false, length: 0, chunked: false, begun: false }
    }
}

impl Framing {
    /// Walks along what was read and spoils every bare LF outside of bodies.
    pub fn check(&mut self, bytes: &mut [u8]) {
        let mut at = 0;
        while at < bytes.len() {
            if let Part::Body(left) | Part::Chunk(left) = self.part
                && left > 0
            {
                let here = u64::try_from(bytes.len() - at).unwrap_or(u64::MAX).min(left);
                at += usize::try_from(here).unwrap_or(usize::MAX);
                self.part = if let Part::Body(_) = self.part { Part::Body(left - here) } else { Part::Chunk(left - here) };
                if self.part == Part::Body(0) {
                    *self = Self::default();
                }
                continue;
            }
            if let Some(byte) = bytes.get_mut(at) {
                self.step(byte);
            }
            at += 1;
        }
    }

    /// Whether the head of a request has ended and its body has not.
    #[must_use]
    pub fn inside_body(&self) -> bool {
        self.part != Part::Head
    }

    fn step(&mut self, byte: &mut u8) {
        let after_cr = std::mem::take(&mut self.after_cr);
        match *byte {
            b'\n' if after_cr => {
                let line = std::mem::take(&mut self.line);
                self.end_of_line(&line);
            }
            b'\n' => *byte = 0,
            b'\r' => self.after_cr = true,
            other if self.line.len() < LINE => self.line.push(other),
            _ => {}
        }
    }

    fn end_of_line(&mut self, line: &[u8]) {
        let text = String::from_utf8_lossy(line).to_ascii_lowercase();
        self.part = match self.part {
            Part::Head if !text.is_empty() => {
                self.begun = true;
                if let Some((name, value)) = text.split_once(':') {
                    match name.trim() {
                        "content-length" => self.length = value.trim().parse().unwrap_or(0),
                        "transfer-encoding" => self.chunked = value.contains("chunked"),
                        _ => {}
                    }
                }
                Part::Head
            }
            Part::Head if !self.begun => Part::Head,
            Part::Head if self.chunked => Part::Size,
            Part::Head => Part::Body(self.length),
            Part::Size => match u64::from_str_radix(text.split(';').next().unwrap_or_default().trim(), 16) {
                Ok(0) | Err(_) => Part::Trailer,
                Ok(size) => Part::Chunk(size),
            },
            Part::Chunk(_) => Part::Size,
            Part::Trailer if text.is_empty() => Part::Body(0),
            Part::Trailer => Part::Trailer,
            Part::Body(left) => Part::Body(left),
        };
        if self.part == Part::Body(0) {
            *self = Self::default();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What becomes of these bytes, read in pieces of this size.
    fn checked(text: &str, piece: usize) -> String {
        let mut framing = Framing::default();
        let mut bytes = text.as_bytes().to_vec();
        bytes.chunks_mut(piece).for_each(|piece| framing.check(piece));
        String::from_utf8(bytes).unwrap()
    }

    #[test]
    fn what_ends_its_lines_rightly_is_left_alone() {
        let post = "POST /v1/leads HTTP/1.1\r\nContent-Length: 8\r\n\r\n{\n\"a\":1}";
        let chunked = "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3;x=1\r\na\nb\r\n2\r\n\n\n\r\n0\r\nX: y\r\n\r\n";
        let get = "\r\nGET / HTTP/1.1\r\nHost: x\r\n\r\n";
        for text in [post.to_owned(), chunked.to_owned(), get.to_owned(), [post, chunked, get, post].concat()] {
            for piece in [1, 2, 3, 7, 1000] {
                assert_eq!(checked(&text, piece), text, "{piece}");
            }
        }
    }

    #[test]
    fn a_bare_line_feed_is_spoiled() {
        let body = "POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n\n\n";
        for text in [
            "GET / HTTP/1.1\nHost: x\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\n\r\n",
            "GET / HTTP/1.1\r\nHost: x\r\n\n",
            "\nGET / HTTP/1.1\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\nabc\r\n0\r\n\r\n",
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\n0\r\n\r\n",
        ] {
            for piece in [1, 5, 1000] {
                let found = checked(&format!("{body}{text}"), piece);
                assert!(found.starts_with(body), "{text:?}");
                assert!(found.strip_prefix(body).unwrap().contains('\0'), "{text:?}");
            }
        }
    }
}
