//! Which files are taken: by the name's ending and by the first bytes, which must agree.

/// What the form says of them.
pub(crate) const ALLOWED: &str = "PDF, документы и таблицы Word, Excel, PowerPoint и OpenDocument, RTF, TXT, CSV, \
                                  картинки, письма EML и MSG, архивы ZIP, RAR и 7Z, звук и видео MP3, OGG, WAV, M4A, \
                                  AMR, MP4";

/// How many of the first bytes a kind is told by.
pub(super) const HEAD: usize = 1024;

/// A kind of files.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Kind {
    /// Lower case.
    pub(super) extension: &'static str,
    /// As it is served.
    pub(super) content_type: &'static str,
    signs: &'static [Sign],
}

/// How a file of some kind begins.
#[derive(Debug, PartialEq, Eq)]
enum Sign {
    /// With these bytes.
    Start(&'static [u8]),
    /// With these bytes at this place.
    At(usize, &'static [u8]),
    /// With these bytes somewhere near the beginning.
    Near(&'static [u8]),
    /// With letters in any encoding, but not with the markup of a page.
    Text,
}

const ZIP: Sign = Sign::Start(b"PK\x03\x04");
/// The old offices; the new ones when the file has a password.
const OLE: Sign = Sign::Start(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
const RTF: Sign = Sign::Start(b"{\\rtf");
const FTYP: Sign = Sign::At(4, b"ftyp");

const fn kind(extension: &'static str, content_type: &'static str, signs: &'static [Sign]) -> Kind {
    Kind {
        extension,
        content_type,
        signs,
    }
}

const KINDS: &[Kind] = &[
    kind("pdf", "application/pdf", &[Sign::Near(b"%PDF-")]),
    kind("doc", "application/msword", &[OLE, ZIP, RTF]),
    kind(
        "docx",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        &[ZIP, OLE],
    ),
    kind("xls", "application/vnd.ms-excel", &[OLE, ZIP]),
    kind(
        "xlsx",
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        &[ZIP, OLE],
    ),
    kind("ppt", "application/vnd.ms-powerpoint", &[OLE, ZIP]),
    kind(
        "pptx",
        "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        &[ZIP, OLE],
    ),
    kind("odt", "application/vnd.oasis.opendocument.text", &[ZIP]),
    kind("ods", "application/vnd.oasis.opendocument.spreadsheet", &[ZIP]),
    kind("odp", "application/vnd.oasis.opendocument.presentation", &[ZIP]),
    kind("rtf", "application/rtf", &[RTF]),
    kind("txt", "text/plain", &[Sign::Text]),
    kind("csv", "text/csv", &[Sign::Text]),
    kind("png", "image/png", &[Sign::Start(b"\x89PNG\r\n\x1a\n")]),
    kind("jpg", "image/jpeg", &[Sign::Start(b"\xff\xd8\xff")]),
    kind("jpeg", "image/jpeg", &[Sign::Start(b"\xff\xd8\xff")]),
    kind("gif", "image/gif", &[Sign::Start(b"GIF87a"), Sign::Start(b"GIF89a")]),
    kind("webp", "image/webp", &[Sign::At(8, b"WEBP")]),
    kind("bmp", "image/bmp", &[Sign::Start(b"BM")]),
    kind("tif", "image/tiff", &[Sign::Start(b"II*\0"), Sign::Start(b"MM\0*")]),
    kind("tiff", "image/tiff", &[Sign::Start(b"II*\0"), Sign::Start(b"MM\0*")]),
    kind("heic", "image/heic", &[FTYP]),
    kind("eml", "message/rfc822", &[Sign::Text]),
    kind("msg", "application/vnd.ms-outlook", &[OLE]),
    kind("zip", "application/zip", &[ZIP, Sign::Start(b"PK\x05\x06")]),
    kind("rar", "application/vnd.rar", &[Sign::Start(b"Rar!\x1a\x07")]),
    kind(
        "7z",
        "application/x-7z-compressed",
        &[Sign::Start(b"7z\xbc\xaf\x27\x1c")],
    ),
    kind(
        "mp3",
        "audio/mpeg",
        &[
            Sign::Start(b"ID3"),
            Sign::Start(b"\xff\xfb"),
            Sign::Start(b"\xff\xf3"),
            Sign::Start(b"\xff\xf2"),
            Sign::Start(b"\xff\xfa"),
        ],
    ),
    kind("ogg", "audio/ogg", &[Sign::Start(b"OggS")]),
    kind("oga", "audio/ogg", &[Sign::Start(b"OggS")]),
    kind("opus", "audio/ogg", &[Sign::Start(b"OggS")]),
    kind("wav", "audio/wav", &[Sign::At(8, b"WAVE")]),
    kind("m4a", "audio/mp4", &[FTYP]),
    kind("amr", "audio/amr", &[Sign::Start(b"#!AMR")]),
    kind("3gp", "audio/3gpp", &[FTYP]),
    kind("mp4", "video/mp4", &[FTYP]),
];

/// Endings that act when they are opened; people are told so, instead of being read the list.
const ACTIVE: &[&str] = &[
    "exe", "msi", "bat", "cmd", "com", "scr", "pif", "cpl", "dll", "ps1", "vbs", "vbe", "js", "jse", "wsf", "hta",
    "jar", "apk", "sh", "lnk", "reg", "iso", "img", "html", "htm", "xhtml", "mht", "mhtml", "svg", "svgz", "xml",
    "php", "docm", "xlsm", "pptm", "url", "chm",
];

/// The kind that a name promises; `None`: the name has no ending, and the bytes decide.
///
/// # Errors
/// A sentence: such files are not taken.
pub(super) fn by_name(name: &str) -> Result<Option<&'static Kind>, String> {
    let Some((_, extension)) = name.rsplit_once('.') else {
        return Ok(None);
    };
    let extension = extension.to_lowercase();
    if ACTIVE.contains(&extension.as_str()) {
        return Err(format!(
            "Файл «{name}» не принят: программы, веб-страницы и документы с макросами прикладывать нельзя."
        ));
    }
    let kind = KINDS.iter().find(|kind| kind.extension == extension);
    kind.map(Some)
        .ok_or_else(|| format!("Файл «{name}» не принят: такие прикладывать нельзя. Можно: {ALLOWED}."))
}

/// The kind that is really there.
///
/// # Errors
/// A sentence: the bytes are not what the name promised, or nobody knows what they are.
pub(super) fn by_bytes(name: &str, promised: Option<&'static Kind>, head: &[u8]) -> Result<&'static Kind, String> {
    match promised {
        Some(kind) if kind.fits(head) => Ok(kind),
        Some(kind) => Err(format!(
            "Файл «{name}» не принят: его содержимое не похоже на {}. Проверьте, что он открывается.",
            kind.extension.to_uppercase()
        )),
        None => {
            let told = |kind: &&Kind| kind.signs.iter().all(|sign| *sign != Sign::Text) && kind.fits(head);
            // A zip may be any of the new offices' files: without an ending it is a zip.
            let zip = KINDS.iter().find(|kind| kind.extension == "zip" && kind.fits(head));
            zip.or_else(|| KINDS.iter().find(told)).ok_or_else(|| {
                format!("Файл «{name}» не принят: по имени не понять, что это. Допишите расширение, например .pdf.")
            })
        }
    }
}

impl Kind {
    /// Whether it is a saved letter.
    pub(super) fn is_letter(&self) -> bool {
        self.extension == "eml"
    }

    fn fits(&self, head: &[u8]) -> bool {
        self.signs.iter().any(|sign| sign.fits(head))
    }
}

impl Sign {
    fn fits(&self, head: &[u8]) -> bool {
        match self {
            Self::Start(bytes) => head.starts_with(bytes),
            Self::At(place, bytes) => head.get(*place..).is_some_and(|rest| rest.starts_with(bytes)),
            Self::Near(bytes) => head.windows(bytes.len()).any(|window| window == *bytes),
            Self::Text => is_text(head),
        }
    }
}

/// Whether this is a text in some encoding that no browser would take for a page.
fn is_text(head: &[u8]) -> bool {
    let is_wide = head.starts_with(b"\xff\xfe") || head.starts_with(b"\xfe\xff");
    let letters: Vec<u8> = head.iter().copied().filter(|byte| *byte != 0).collect();
    if letters.len() < head.len() && !is_wide {
        return false;
    }
    let start = String::from_utf8_lossy(&letters).to_lowercase();
    let start = start.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}' || c == '\u{fffd}');
    let pages = [
        "<!doctype",
        "<html",
        "<head",
        "<body",
        "<svg",
        "<?xml",
        "<script",
        "#!/",
        "%pdf-",
        "pk\u{3}\u{4}",
        "{\\rtf",
    ];
    !pages.iter().any(|page| start.starts_with(page))
}

/// Whether a browser may show it on a page of ours: only bitmaps.
pub(super) fn is_picture(content_type: &str) -> bool {
    matches!(content_type, "image/png" | "image/jpeg" | "image/gif" | "image/webp")
}

/// For the list of a file dialog: «.pdf,.doc,…».
pub(super) fn accepted() -> String {
    let extensions: Vec<_> = KINDS.iter().map(|kind| format!(".{}", kind.extension)).collect();
    extensions.join(",")
}
