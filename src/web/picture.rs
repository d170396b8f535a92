//! A QR code as the path of an SVG inside the page, or as a PNG for a program that wants a file.

use std::fmt::Write as _;

use anyhow::Context as _;
use qrcode::{Color, EcLevel, QrCode};

use crate::error::Result;

/// White modules round the code, which cameras need.
const QUIET: usize = 4;
/// Pixels of a module's side in a PNG.
const SCALE: usize = 8;

/// Dark modules as one path on a square.
#[derive(Debug)]
pub(crate) struct Picture {
    /// The side of the square, in modules.
    pub(crate) side: usize,
    /// The `d` of the path.
    pub(crate) path: String,
}

impl Picture {
    /// The picture of a text.
    pub(crate) fn of(text: &str) -> Result<Self> {
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

    /// A text as a black and white PNG.
    pub(crate) fn png(text: &str) -> Result<Vec<u8>> {
        let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(anyhow::Error::from)?;
        let (width, colors) = (code.width(), code.to_colors());
        let side = (width + 2 * QUIET) * SCALE;
        let is_dark = |x: usize, y: usize| {
            let (x, y) = ((x / SCALE).wrapping_sub(QUIET), (y / SCALE).wrapping_sub(QUIET));
            x < width && y < width && colors[y * width + x] == Color::Dark
        };
        let mut pixels = vec![255; side * side];
        for (at, pixel) in pixels.iter_mut().enumerate() {
            if is_dark(at % side, at / side) {
                *pixel = 0;
            }
        }
        let pixels_wide = u32::try_from(side).context("a picture too large")?;
        let mut file = Vec::new();
        let mut encoder = png::Encoder::new(&mut file, pixels_wide, pixels_wide);
        encoder.set_color(png::ColorType::Grayscale);
        encoder.set_depth(png::BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(anyhow::Error::from)?;
        writer.write_image_data(&pixels).map_err(anyhow::Error::from)?;
        writer.finish().map_err(anyhow::Error::from)?;
        Ok(file)
    }
}
