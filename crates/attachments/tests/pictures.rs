//! What is taken as a picture, and what is left of it.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use attachments::{MAXIMUM_CONTENT_BYTES, MAXIMUM_UPLOAD_BYTES, MediaType, Picture, PictureError};
use proptest::prelude::*;
use testing::build::attachments::{jpeg, pixels, png};

fn contains(haystack: &[u8], needle: &[u8]) -> bool {
    haystack.windows(needle.len()).any(|part| part == needle)
}

/// An EXIF part with that orientation (Exif 2.3, 4.6; big-endian TIFF with one entry), in a segment APP1.
fn exif(orientation: u8) -> Vec<u8> {
    let mut tiff = b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    tiff.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0]);
    tiff.extend(b"a secret place");
    let length = u16::try_from(tiff.len() + 2).unwrap().to_be_bytes();
    [&[0xff, 0xe1], &length[..], &tiff].concat()
}

/// The file with a segment after its first marker.
fn with_segment(file: &[u8], segment: &[u8]) -> Vec<u8> {
    [&file[..2], segment, &file[2..]].concat()
}

/// A PNG of that size and colour type that promises pixels and holds none.
fn bomb(width: u32, height: u32, depth: u8, color: u8) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([depth, color, 0, 0, 0]);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for chunk in [&header[..], b"IDAT", b"IEND"] {
        file.extend(u32::try_from(chunk.len() - 4).unwrap().to_be_bytes());
        file.extend(chunk);
        file.extend(crc(chunk).to_be_bytes());
    }
    file
}

/// CRC-32 (PNG, annex D).
fn crc(bytes: &[u8]) -> u32 {
    let step = |crc: u32, byte: &u8| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            (crc >> 1) ^ (0xedb8_8320 * (crc & 1))
        })
    };
    !bytes.iter().fold(u32::MAX, step)
}

#[test]
fn a_picture_keeps_its_kind_and_its_pixels() {
    let taken = Picture::read(&png(40, 30)).unwrap();
    assert_eq!(
        (
            taken.description().media_type,
            taken.description().width,
            taken.description().height
        ),
        (MediaType::Png, 40, 30)
    );
    let again = image::load_from_memory(taken.content()).unwrap().into_rgb8();
    assert_eq!(again, pixels(40, 30));

    let taken = Picture::read(&jpeg(41, 30)).unwrap();
    assert_eq!(
        (
            taken.description().media_type,
            taken.description().width,
            taken.description().height
        ),
        (MediaType::Jpeg, 41, 30)
    );
    assert_eq!(
        usize::try_from(taken.description().bytes).unwrap(),
        taken.content().len()
    );
    assert!(!format!("{taken:?}").contains("255"));
    let again = image::load_from_memory(taken.content()).unwrap().into_rgb8();
    for (kept, written) in again.pixels().zip(pixels(41, 30).pixels()) {
        let far = kept.0.iter().zip(written.0).any(|(a, b)| a.abs_diff(b) > 40);
        assert!(!far, "{kept:?} {written:?}");
    }
}

#[test]
fn transparency_greys_and_sixteen_bits_are_taken() {
    let write = |image: image::DynamicImage| {
        let mut file = std::io::Cursor::new(Vec::new());
        image.write_to(&mut file, image::ImageFormat::Png).unwrap();
        Picture::read(file.get_ref()).unwrap()
    };
    let color = |picture: &Picture| image::load_from_memory(picture.content()).unwrap().color();
    for (given, kept) in [
        (image::DynamicImage::new_luma8(3, 2), image::ColorType::L8),
        (image::DynamicImage::new_luma16(3, 2), image::ColorType::L8),
        (image::DynamicImage::new_luma_a8(3, 2), image::ColorType::La8),
        (image::DynamicImage::new_rgb16(3, 2), image::ColorType::Rgb8),
        (image::DynamicImage::new_rgba16(3, 2), image::ColorType::Rgba8),
    ] {
        assert_eq!(color(&write(given)), kept);
    }
}

#[test]
fn nothing_but_pixels_is_left() {
    let photograph = with_segment(&jpeg(40, 30), &exif(1));
    assert!(contains(&photograph, b"secret place"));
    let trailing = [&photograph[..], b"<script>alert(1)</script>"].concat();
    let taken = Picture::read(&trailing).unwrap();
    for word in [&b"secret place"[..], b"Exif", b"script"] {
        assert!(!contains(taken.content(), word));
    }

    let file = png(40, 30);
    let end = file.len() - 12;
    let text = b"tEXtComment\0a secret place";
    let chunk = [
        &u32::try_from(text.len() - 4).unwrap().to_be_bytes()[..],
        text,
        &crc(text).to_be_bytes(),
    ]
    .concat();
    let with_text = [&file[..end], &chunk, &file[end..], b"PK\x03\x04 an archive"].concat();
    let taken = Picture::read(&with_text).unwrap();
    for word in [&b"secret place"[..], b"tEXt", b"archive"] {
        assert!(!contains(taken.content(), word));
    }
    assert_eq!(
        taken,
        Picture::read(&file).unwrap(),
        "the same pixels are the same content"
    );
}

#[test]
fn the_right_way_up_is_kept_without_the_part_that_said_so() {
    let turned = Picture::read(&with_segment(&jpeg(40, 30), &exif(6))).unwrap();
    assert_eq!(
        (turned.description().width, turned.description().height),
        (30, 40)
    );
    let upright = image::load_from_memory(turned.content()).unwrap().into_rgb8();
    // Turned by a quarter clockwise, the lower left corner is the upper left one.
    let (corner, written) = (upright.get_pixel(0, 0), *pixels(40, 30).get_pixel(0, 29));
    assert!(
        corner.0.iter().zip(written.0).all(|(a, b)| a.abs_diff(b) < 60),
        "{corner:?} {written:?}"
    );
}

#[test]
fn other_types_are_refused_whatever_they_hold() {
    for file in [
        &b""[..],
        b"\xff",
        b"GIF89a\x01\0\x01\0\0\0\0;",
        b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"%PDF-1.7\n",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"PK\x03\x04",
        b"BM\x36\0\0\0",
    ] {
        assert_eq!(Picture::read(file), Err(PictureError::OtherType), "{file:?}");
    }
    // A picture with something else in front of it is not a picture.
    let polyglot = [&b"<html>"[..], &png(4, 4)].concat();
    assert_eq!(Picture::read(&polyglot), Err(PictureError::OtherType));
}

#[test]
fn a_broken_picture_is_unreadable() {
    for whole in [png(40, 30), jpeg(40, 30)] {
        let cut = &whole[..12];
        assert_eq!(Picture::read(cut), Err(PictureError::Unreadable));
    }
    assert_eq!(Picture::read(&bomb(40, 30, 8, 2)), Err(PictureError::Unreadable));
    assert_eq!(Picture::read(&bomb(0, 30, 8, 2)), Err(PictureError::Unreadable));
}

#[test]
fn a_bomb_is_refused_before_it_is_decoded() {
    for (width, height, depth) in [
        (60_000, 60_000, 8),
        (8_001, 1, 8),
        (1, 8_001, 8),
        (8_000, 3_126, 8),
        (u32::MAX / 2, 2, 8),
        (5_000, 5_000, 16),
    ] {
        let refused = Picture::read(&bomb(width, height, depth, 2));
        assert_eq!(refused, Err(PictureError::TooManyPixels), "{width}x{height}");
    }
    // At the bound only the missing pixels are wrong.
    for (width, height) in [(8_000, 3_125), (5_000, 5_000)] {
        assert_eq!(
            Picture::read(&bomb(width, height, 8, 6)),
            Err(PictureError::Unreadable)
        );
    }
    // A scan over all of a great picture takes a client ten bytes.
    let scans = [0xff, 0xda, 0, 2].repeat(200);
    let endless = [&jpeg(40, 30)[..], &scans].concat();
    assert_eq!(Picture::read(&endless), Err(PictureError::TooManyPixels));
}

#[test]
fn a_file_is_taken_up_to_its_largest_size() {
    let mut file = png(40, 30);
    file.resize(MAXIMUM_UPLOAD_BYTES, 0);
    assert!(Picture::read(&file).is_ok());
    file.push(0);
    assert_eq!(Picture::read(&file), Err(PictureError::TooLarge));
}

#[test]
fn what_would_take_too_much_room_anew_is_refused() {
    // Noise of few colours: a palette holds it in few bits, three bytes a pixel do not.
    let mut state = 1_u64;
    let palette = image::RgbImage::from_fn(3_000, 2_600, |_, _| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        let shades = state.to_be_bytes();
        image::Rgb([shades[0], shades[1], shades[2]])
    });
    let mut file = std::io::Cursor::new(Vec::new());
    palette
        .write_with_encoder(image::codecs::jpeg::JpegEncoder::new_with_quality(&mut file, 1))
        .unwrap();
    let small = file.into_inner();
    assert!(small.len() < MAXIMUM_UPLOAD_BYTES);
    let taken = Picture::read(&small).unwrap();
    assert!(taken.content().len() < MAXIMUM_CONTENT_BYTES);
}

fn started_as_a_picture() -> impl Strategy<Value = Vec<u8>> {
    let whole = prop_oneof![
        Just(png(16, 12)),
        Just(jpeg(16, 12)),
        Just(with_segment(&jpeg(16, 12), &exif(8))),
    ];
    let changes = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..12);
    (whole, changes, any::<prop::sample::Index>(), any::<bool>()).prop_map(
        |(mut file, changes, cut, cuts)| {
            for (place, byte) in changes {
                let place = place.index(file.len());
                file[place] = byte;
            }
            if cuts {
                file.truncate(cut.index(file.len()));
            }
            file
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn no_bytes_make_a_panic(file in prop::collection::vec(any::<u8>(), 0..300)) {
        let _ = Picture::read(&file);
        for beginning in [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], b"\xff\xd8\xff\xe1", b"\xff\xd8\xff\xc2"] {
            let _ = Picture::read(&[beginning, &file].concat());
        }
    }

    #[test]
    fn no_change_to_a_picture_makes_a_panic_and_what_is_taken_reads_again(file in started_as_a_picture()) {
        if let Ok(taken) = Picture::read(&file) {
            let again = Picture::read(taken.content());
            prop_assert!(again.is_ok());
            prop_assert!(taken.content().len() <= MAXIMUM_CONTENT_BYTES);
        }
    }
}
