//! Files that are larger than a body may be: stored part by part as they arrive, each part whole records of CSV, so that a job can take them one by one.

use crate::clock;
use crate::db::{Db, Find, Tx};
use crate::{Ctx, limits};
use causeway_contract::{Code, Problem};
use causeway_entity::kernel::upload_parts;
use causeway_value::TenantId;
use std::sync::Arc;
use uuid::Uuid;

/// Records of one part, at most: what one step of a job takes on.
const PART_RECORDS: i64 = 250;
/// Bytes of one part, about.
const PART_BYTES: usize = 262_144;
/// The longest record, in bytes.
const RECORD_BYTES: usize = 1_048_576;
/// What nobody took within these seconds was left behind by a broken connection.
const ABANDONED_SECONDS: i64 = 7 * 86_400;

/// A file that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Names its parts.
    pub id: Uuid,
    /// The first record.
    pub header: String,
    /// Parts.
    pub parts: i64,
    /// Records, the header not counted.
    pub records: i64,
    /// SHA-256 of all bytes.
    pub digest: Vec<u8>,
}

/// Whole records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// The row of the file with which it begins; the header is row 1.
    pub first_row: i64,
    /// The records, as they came.
    pub text: String,
}

/// Cuts a file between its records while it arrives. A record ends at a line end outside quotes (RFC 4180): LF, CR LF, or CR alone; empty
/// lines are none.
#[derive(Debug, Default)]
pub struct Splitter {
    buffer: Vec<u8>,
    /// How far the buffer was looked at.
    seen: usize,
    /// Where its last whole record ends.
    whole: usize,
    /// Whole records in it.
    records: i64,
    quoted: bool,
    /// Whether the byte before was a CR outside quotes.
    returned: bool,
    /// Whether the line that is being looked at says something.
    says: bool,
    header: Option<String>,
    /// Records that were given out, the header not counted.
    given: i64,
}

impl Splitter {
    /// Takes bytes; answers the parts that are complete.
    ///
    /// # Errors
    /// `malformed` for what is not UTF-8 text; `payload_too_large` for a record without end.
    pub fn push(&mut self, bytes: &[u8]) -> Result<Vec<Part>, Problem> {
        self.buffer.extend_from_slice(bytes);
        let mut parts = Vec::new();
        while let Some(byte) = self.buffer.get(self.seen).copied() {
            if std::mem::take(&mut self.returned) && byte != b'\n' {
                parts.extend(self.end_line()?);
                continue;
            }
            self.seen += 1;
            match byte {
                b'"' => {
                    self.quoted = !self.quoted;
                    self.says = true;
                }
                b'\n' if !self.quoted => {
                    parts.extend(self.end_line()?);
                    continue;
                }
                b'\r' => self.returned = !self.quoted,
                b'\n' => {}
                _ => self.says = true,
            }
            if self.seen - self.whole > RECORD_BYTES {
                return Err(Problem::new(Code::PayloadTooLarge, format!("A record is longer than {RECORD_BYTES} bytes. Is a quotation mark missing?")));
            }
        }
        Ok(parts)
    }

    /// The last part, and the header, at the end of the file.
    ///
    /// # Errors
    /// As [`Splitter::push`]; `malformed` for a file without a header or with an open quotation mark.
    pub fn finish(mut self) -> Result<(String, Option<Part>, i64), Problem> {
        let mut last = self.push(b"\n")?;
        if self.quoted {
            return Err(Problem::new(Code::Malformed, "The file ends inside quotation marks."));
        }
        last.extend(self.part()?);
        let header = self.header.ok_or_else(|| Problem::new(Code::Malformed, "The file is empty: its first row names the columns."))?;
        Ok((header, last.pop(), self.given))
    }

    /// What was looked at is whole; answers the part that is complete with it.
    fn end_line(&mut self) -> Result<Option<Part>, Problem> {
        self.whole = self.seen;
        if std::mem::take(&mut self.says) {
            self.records += 1;
        }
        if self.header.is_none() && self.records > 0 {
            self.take_header()?;
        } else if self.records >= PART_RECORDS || self.whole >= PART_BYTES {
            return self.part();
        }
        Ok(None)
    }

    fn take_header(&mut self) -> Result<(), Problem> {
        let text = self.cut()?;
        self.header = Some(text.trim_start_matches('\u{feff}').trim().to_owned());
        self.records = 0;
        Ok(())
    }

    fn part(&mut self) -> Result<Option<Part>, Problem> {
        let first_row = self.given + 2;
        let text = self.cut()?;
        self.given += std::mem::take(&mut self.records);
        Ok((!text.trim().is_empty()).then_some(Part { first_row, text }))
    }

    /// The whole records as text; what follows them stays.
    fn cut(&mut self) -> Result<String, Problem> {
        let rest = self.buffer.split_off(self.whole);
        let whole = std::mem::replace(&mut self.buffer, rest);
        (self.seen, self.whole) = (self.seen - self.whole, 0);
        String::from_utf8(whole).map_err(|_| Problem::new(Code::Malformed, "The file is not UTF-8 text. Save it as UTF-8 and send it again."))
    }
}

/// A file that arrives: its parts are stored as they come.
pub(crate) struct Receiver<'a> {
    db: &'a Db,
    ctx: Arc<Ctx>,
    id: Uuid,
    splitter: Splitter,
    parts: i64,
    bytes: usize,
    hash: crate::crypto::Digester,
}

impl<'a> Receiver<'a> {
    pub(crate) fn new(db: &'a Db, ctx: &Ctx) -> Self {
        Self { db, ctx: Arc::new(ctx.clone()), id: Uuid::now_v7(), splitter: Splitter::default(), parts: 0, bytes: 0, hash: crate::crypto::Digester::default() }
    }

    pub(crate) async fn push(&mut self, bytes: &[u8]) -> Result<(), Problem> {
        self.bytes += bytes.len();
        if self.bytes > limits::UPLOAD_BYTES {
            return Err(Problem::new(Code::PayloadTooLarge, format!("The file is larger than {} bytes. Split it.", limits::UPLOAD_BYTES)));
        }
        self.hash.update(bytes);
        for part in self.splitter.push(bytes)? {
            self.store(part).await?;
        }
        Ok(())
    }

    pub(crate) async fn finish(&mut self) -> Result<Upload, Problem> {
        let (header, last, records) = std::mem::take(&mut self.splitter).finish()?;
        if let Some(part) = last {
            self.store(part).await?;
        }
        Ok(Upload { id: self.id, header, parts: self.parts, records, digest: std::mem::take(&mut self.hash).finish() })
    }

    /// Names the parts that were stored.
    pub(crate) const fn id(&self) -> Uuid {
        self.id
    }

    async fn store(&mut self, part: Part) -> Result<(), Problem> {
        let (id, position) = (self.id, self.parts);
        self.parts += 1;
        self.db
            .write(&self.ctx, async move |ctx, tx| {
                if position == 0 {
                    let sql = "DELETE FROM upload_parts WHERE tenant_id = $1 AND created_at < $2";
                    tx.plain(sql, vec![ctx.tenant.into(), ctx.wall().plus_seconds(-ABANDONED_SECONDS).into()]);
                }
                tx.insert(row(ctx.tenant, id, position, &part));
                Ok(())
            })
            .await
    }
}

fn row(tenant_id: TenantId, upload_id: Uuid, position: i64, part: &Part) -> upload_parts::Model {
    let body = part.text.clone().into_bytes();
    upload_parts::Model { tenant_id, upload_id, position, first_row: part.first_row, body, created_at: clock::wall() }
}

/// Stores a text of CSV in the transaction of a verb, as if it had been sent as a file.
///
/// # Errors
/// As [`Splitter::push`].
pub fn store(tx: &mut Tx<'_>, text: &str) -> Result<Upload, Problem> {
    let id = Uuid::now_v7();
    let mut splitter = Splitter::default();
    let mut parts = splitter.push(text.as_bytes())?;
    let (header, last, records) = splitter.finish()?;
    parts.extend(last);
    for (position, part) in (0..).zip(&parts) {
        let row = row(tx.tenant(), id, position, part);
        tx.insert(row);
    }
    let parts = i64::try_from(parts.len()).unwrap_or(i64::MAX);
    Ok(Upload { id, header, parts, records, digest: crate::crypto::sha256(&[text.as_bytes()]).to_vec() })
}

/// A part of a file, if it is there.
///
/// # Errors
/// When the database fails.
pub async fn part(tx: &mut Tx<'_>, upload_id: Uuid, position: i64) -> Result<Option<upload_parts::Model>, Problem> {
    Find::<upload_parts::Entity>::new().eq(upload_parts::Column::UploadId, upload_id).eq(upload_parts::Column::Position, position).one(tx).await
}

/// Removes what is left of a file.
pub fn discard(tx: &mut Tx<'_>, upload_id: Uuid) {
    let values = vec![tx.tenant().into(), upload_id.into()];
    tx.plain("DELETE FROM upload_parts WHERE tenant_id = $1 AND upload_id = $2", values);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(file: &str, size: usize) -> (String, Vec<Part>, i64) {
        let mut splitter = Splitter::default();
        let mut parts = Vec::new();
        for bytes in file.as_bytes().chunks(size) {
            parts.extend(splitter.push(bytes).unwrap());
        }
        let (header, last, records) = splitter.finish().unwrap();
        parts.extend(last);
        (header, parts, records)
    }

    #[test]
    fn records_are_never_cut_wherever_the_network_cuts() {
        let file = "\u{feff}name,note\r\na,\"two\nlines, \"\"quoted\"\"\"\r\n\r\nü,x";
        for size in [1, 2, 3, 7, 1_000] {
            let (header, parts, records) = split(file, size);
            assert_eq!((header.as_str(), records), ("name,note", 2), "{size}");
            assert_eq!(parts.len(), 1, "{size}");
            assert_eq!((parts[0].first_row, parts[0].text.trim_end()), (2, "a,\"two\nlines, \"\"quoted\"\"\"\r\n\r\nü,x"), "{size}");
        }
    }

    /// Some spreadsheets end lines with CR alone; a record in quotation marks may hold one.
    #[test]
    fn a_line_may_end_with_a_carriage_return() {
        for size in [1, 2, 3, 1_000] {
            let (header, parts, records) = split("id,name\r1,a\r\r2,\"b\rc\"\r\n3,d\r", size);
            assert_eq!((header.as_str(), records, parts.len()), ("id,name", 3, 1), "{size}");
            assert_eq!(parts[0].text.trim(), "1,a\r\r2,\"b\rc\"\r\n3,d", "{size}");
        }
    }

    #[test]
    fn parts_know_their_first_row() {
        let rows: String = (0..600).map(|row| format!("{row},x\n")).collect();
        let (_, parts, records) = split(&format!("id,name\n{rows}"), 100);
        assert_eq!(parts.iter().map(|part| part.first_row).collect::<Vec<_>>(), [2, 252, 502]);
        assert_eq!((records, parts.iter().map(|part| part.text.as_str()).collect::<String>()), (600, rows + "\n"));
    }

    #[test]
    fn what_is_no_file_of_records_is_refused() {
        assert_eq!(Splitter::default().finish().unwrap_err().code, Code::Malformed);
        let mut open = Splitter::default();
        open.push(b"a,b\n\"open").unwrap();
        assert_eq!(open.finish().unwrap_err().code, Code::Malformed);
        let mut binary = Splitter::default();
        assert_eq!(binary.push(b"\xff\xfe\n").unwrap_err().code, Code::Malformed);
        let mut endless = Splitter::default();
        assert_eq!(endless.push(&vec![b'x'; RECORD_BYTES + 2]).unwrap_err().code, Code::PayloadTooLarge);
    }
}
