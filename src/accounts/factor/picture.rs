//! A QR code as the path of an SVG inside the page: no address serves it, so no cache keeps the secret.

use std::fmt::Write as _;

use qrcode::{Color, EcLevel, QrCode};

use crate::error::Result;

/// White modules round the code, which cameras need.
const QUIET: usize = 4;

/// Dark modules as one path on a square.
#[derive(Debug)]
pub(in crate::accounts) struct Picture {
    /// The side of the square, in modules.
    pub(in crate::accounts) side: usize,
    /// The `d` of the path.
    pub(in crate::accounts) path: String,
}

impl Picture {
    /// The picture of a text.
    pub(in crate::accounts) fn of(text: &str) -> Result<Self> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(anyhow::Error::from)?;
        let width = code.width();
        let mut path = String::new();
        for (y, row) in code.to_colors().chunks(width).enumerate() {
            let mut x = 0;
            // Neighbours in a row are one rectangle.
            for run in row.chunk_by(|a, b| a == b) {
                if run[0] == Color::Dark {
                    let length = run.len();
                    let _ = write!(path, "M{} {}h{length}v1h-{length}z", x + QUIET, y + QUIET);
                }
                x += run.len();
            }
        }
        Ok(Self {
            side: width + 2 * QUIET,
            path,
        })
    }
}
