//! What is taken as a picture: JPEG and PNG by their content, decoded and written anew.
//!
//! Only pixels are kept. Whatever else a file carries goes: EXIF with the place and the camera, texts, profiles, thumbnails,
//! further frames, and bytes after the end that would make it a script or an archive as well.

use crate::MediaType;
use image::{
    DynamicImage, ExtendedColorType, ImageDecoder, ImageEncoder, ImageError, ImageFormat, ImageReader,
    ImageResult, Limits,
    codecs::{jpeg::JpegEncoder, png::PngEncoder},
    metadata::Orientation,
};
use std::{
    fmt,
    io::{self, Cursor, Write},
};
use thiserror::Error;

/// The largest file that is taken.
pub const MAXIMUM_UPLOAD_BYTES: usize = 5 * 1024 * 1024;
/// The largest content that is kept: pixels written anew may take more room than their file did.
pub const MAXIMUM_CONTENT_BYTES: usize = 4 * MAXIMUM_UPLOAD_BYTES;
/// The longest side, in pixels.
const MAXIMUM_SIDE: u32 = 8_000;
/// The most pixels: what telephones make. A picture is decoded to at most four bytes a pixel, so one takes at most some
/// 300 MB of memory while it is turned.
const MAXIMUM_PIXELS: u64 = 25_000_000;
/// The most bytes that a decoder may fill with one picture.
const MAXIMUM_DECODED_BYTES: u64 = 4 * MAXIMUM_PIXELS;
/// The most scans of a progressive JPEG, each of which walks over the whole picture; encoders write about ten.
const MAXIMUM_SCANS: usize = 100;
/// What JPEGs are written with: small print stays legible.
const JPEG_QUALITY: u8 = 88;

/// A picture as it is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct Picture {
    description: PictureDescription,
    content: Vec<u8>,
}

/// What a row says of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PictureDescription {
    /// What its content is.
    pub media_type: MediaType,
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// The size of the content.
    pub bytes: u32,
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum PictureError {
    /// It has more than [`MAXIMUM_UPLOAD_BYTES`].
    #[error("a picture has at most {MAXIMUM_UPLOAD_BYTES} bytes")]
    TooLarge,
    /// Its content is neither JPEG nor PNG, whatever it is called.
    #[error("neither JPEG nor PNG")]
    OtherType,
    /// It says that it is larger than what is decoded.
    #[error("a picture has at most {MAXIMUM_PIXELS} pixels and {MAXIMUM_SIDE} a side")]
    TooManyPixels,
    /// It begins like a picture and is none.
    #[error("the picture cannot be read")]
    Unreadable,
}

impl Picture {
    /// Reads an uploaded file and writes its pixels anew, the right way up.
    pub fn read(file: &[u8]) -> Result<Self, PictureError> {
        if file.len() > MAXIMUM_UPLOAD_BYTES {
            return Err(PictureError::TooLarge);
        }
        let (media_type, format) = match image::guess_format(file) {
            Ok(ImageFormat::Jpeg) => (MediaType::Jpeg, ImageFormat::Jpeg),
            Ok(ImageFormat::Png) => (MediaType::Png, ImageFormat::Png),
            _ => return Err(PictureError::OtherType),
        };
        if media_type == MediaType::Jpeg && scans(file) > MAXIMUM_SCANS {
            return Err(PictureError::TooManyPixels);
        }
        let decoded = decode(file, format)?;
        let pixels = Pixels::of(media_type, decoded);
        let content = pixels
            .write(media_type)
            .map_err(|_| PictureError::TooManyPixels)?;
        Ok(Self {
            description: PictureDescription {
                media_type,
                width: pixels.image.width(),
                height: pixels.image.height(),
                bytes: u32::try_from(content.len()).map_err(|_| PictureError::TooManyPixels)?,
            },
            content,
        })
    }

    /// What its row says of it.
    pub const fn description(&self) -> PictureDescription {
        self.description
    }

    /// What is kept.
    pub fn content(&self) -> &[u8] {
        &self.content
    }
}

impl fmt::Debug for Picture {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Picture({:?})", self.description)
    }
}

/// How often a scan begins (marker SOS; ITU-T T.81, B.1.1.3). Inside a scan the marker cannot stand; inside other segments
/// it may, by chance or in a thumbnail, which the bound leaves room for.
fn scans(file: &[u8]) -> usize {
    file.windows(2).filter(|pair| *pair == [0xff, 0xda]).count()
}

fn decode(file: &[u8], format: ImageFormat) -> Result<DynamicImage, PictureError> {
    let refused = |error: ImageError| match error {
        ImageError::Limits(_) => PictureError::TooManyPixels,
        _ => PictureError::Unreadable,
    };
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAXIMUM_SIDE);
    limits.max_image_height = Some(MAXIMUM_SIDE);
    limits.max_alloc = Some(MAXIMUM_DECODED_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(file), format);
    reader.limits(limits);
    let mut decoder = reader.into_decoder().map_err(refused)?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width).saturating_mul(u64::from(height));
    if pixels > MAXIMUM_PIXELS || decoder.total_bytes() > MAXIMUM_DECODED_BYTES {
        return Err(PictureError::TooManyPixels);
    }
    // Which way is up stands in the EXIF part that goes.
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).map_err(refused)?;
    image.apply_orientation(orientation);
    Ok(image)
}

/// Eight bits a channel, as both formats can be written.
struct Pixels {
    image: DynamicImage,
    color: ExtendedColorType,
}

impl Pixels {
    fn of(media_type: MediaType, image: DynamicImage) -> Self {
        let transparent = image.color().has_alpha() && media_type == MediaType::Png;
        let (image, color) = match (image.color().has_color(), transparent) {
            (false, false) => (image.into_luma8().into(), ExtendedColorType::L8),
            (false, true) => (image.into_luma_alpha8().into(), ExtendedColorType::La8),
            (true, false) => (image.into_rgb8().into(), ExtendedColorType::Rgb8),
            (true, true) => (image.into_rgba8().into(), ExtendedColorType::Rgba8),
        };
        Self { image, color }
    }

    fn write(&self, media_type: MediaType) -> ImageResult<Vec<u8>> {
        let mut written = Bounded(Vec::new());
        let (pixels, width, height) = (self.image.as_bytes(), self.image.width(), self.image.height());
        match media_type {
            MediaType::Jpeg => JpegEncoder::new_with_quality(&mut written, JPEG_QUALITY)
                .write_image(pixels, width, height, self.color)?,
            MediaType::Png => {
                PngEncoder::new(&mut written).write_image(pixels, width, height, self.color)?;
            }
        }
        Ok(written.0)
    }
}

/// Takes no more than [`MAXIMUM_CONTENT_BYTES`].
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len().saturating_add(bytes.len()) > MAXIMUM_CONTENT_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
