//! Uploaded pictures: recognised by their content, decoded within limits, and written anew in the sizes we show.
//! What is kept is only what we made, so whatever else a file carried (a place, a script, an archive) ends here.

use std::{io::Cursor, time::Duration};

use ::image::{
    DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgba, RgbaImage, error::ImageError as CodecError,
    imageops::FilterType,
};
use bytes::Bytes;
use kernel::{FieldError, Problem, ProblemKind};
use tokio::{sync::Semaphore, task, time};
use webp::{Encoder, WebPConfig};

/// The largest file we take, in bytes. The router's limit on bodies has to leave room for it.
pub const MAX_UPLOAD_BYTES: usize = 10 * 1024 * 1024;
/// The longest side, in pixels.
pub const MAX_SIDE: u32 = 8192;
/// Width times height, in pixels.
pub const MAX_PIXELS: u64 = 40_000_000;

/// What a decoder may allocate: 40 megapixels with four channels of a byte, and room to work.
const MAX_DECODER_BYTES: u64 = 256 * 1024 * 1024;
/// Of 100. Text and small faces stay clean; below it, dark colours run into each other in small portraits.
const QUALITY: f32 = 78.0;
/// How hard the writer tries, of 6. One that tries harder takes half as long again or more, and saves a twentieth.
const EFFORT: i32 = 4;

/// Decoding takes a processor and up to a few hundred megabytes, so few pictures are worked on at once.
static WORKSHOP: Workshop = Workshop::new(2, 18);
const LONGEST_WAIT: Duration = Duration::from_secs(30);

struct Workshop {
    workers: Semaphore,
    /// Those who work and those who wait, with their bytes in memory. The rest are told to come back.
    places: Semaphore,
}

impl Workshop {
    const fn new(workers: usize, places: usize) -> Self {
        Self { workers: Semaphore::const_new(workers), places: Semaphore::const_new(places) }
    }
}

/// What a picture is for; decides its shape and its sizes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The face of an account: a square from the middle.
    Portrait,
    /// A picture in a post, whole.
    Post,
}

impl Purpose {
    /// Widths in pixels, ascending.
    const fn widths(self) -> &'static [u32] {
        match self {
            Self::Portrait => &[48, 96, 192, 400],
            Self::Post => &[480, 640, 960, 1600],
        }
    }
}

/// What a picture was written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// What opaque pictures once were. They are still shown; none are written any more.
    Jpeg,
    /// What every picture becomes: few bytes, and parts of it may be clear.
    WebP,
}

impl Encoding {
    /// The media type.
    pub const fn content_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    /// What the name of a file ends in.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }

    /// Reads the media type.
    pub fn parse(content_type: &str) -> Option<Self> {
        [Self::Jpeg, Self::WebP].into_iter().find(|it| it.content_type() == content_type)
    }
}

/// A picture as we keep it.
#[derive(Debug, Clone)]
pub struct Prepared {
    /// Width of the picture the variants were made from: turned upright and, for a portrait, cut.
    pub width: u32,
    /// Its height.
    pub height: u32,
    /// The picture in several sizes, ascending; at least one.
    pub variants: Vec<Variant>,
}

/// A picture in one size.
#[derive(Debug, Clone)]
pub struct Variant {
    /// Width in pixels, never more than the original's.
    pub width: u32,
    /// Height in pixels.
    pub height: u32,
    /// The file, as `Encoding::WebP`.
    pub bytes: Bytes,
}

/// Why a picture was refused, in words for the person who chose it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImageError {
    /// No bytes at all.
    #[error("This file is empty. Choose a picture.")]
    Empty,
    /// More bytes than `MAX_UPLOAD_BYTES`.
    #[error("This file is too large. A picture may have up to 10 MB.")]
    TooManyBytes,
    /// Too many pixels, by the header or while decoding.
    #[error("This picture has too many pixels. It may have up to 8192 on a side and 40 megapixels in all.")]
    TooManyPixels,
    /// Not one of the four kinds we take, by its content; the name makes no difference.
    #[error("This is not a picture we can read. Choose a JPEG, PNG, WebP or GIF.")]
    Unsupported,
    /// It begins like a picture and goes on like something else.
    #[error("This picture is damaged. Try to save it again, or choose another one.")]
    Damaged,
    /// Too many others are being worked on.
    #[error("Many pictures are arriving at the moment. Please try again in a few seconds.")]
    Busy,
}

impl ImageError {
    /// The problem of whoever uploaded it in the given field of a form.
    pub fn problem(self, field: &str) -> Problem {
        let (kind, retry_after) = match self {
            Self::Empty | Self::Damaged => (ProblemKind::Invalid, None),
            Self::TooManyBytes | Self::TooManyPixels => (ProblemKind::TooLarge, None),
            Self::Unsupported => (ProblemKind::Unsupported, None),
            Self::Busy => (ProblemKind::Unavailable, Some(5)),
        };
        let message = self.to_string();
        Problem { fields: vec![FieldError::new(field, message.clone())], retry_after, ..Problem::new(kind, message) }
    }
}

impl From<ImageError> for Problem {
    fn from(error: ImageError) -> Self {
        error.problem("image")
    }
}

/// Makes of an uploaded file what we keep of it.
///
/// # Errors
/// When it isn't a picture we take, is too large, or too many others are being worked on.
pub async fn prepare(bytes: Bytes, purpose: Purpose) -> Result<Prepared, ImageError> {
    prepare_in(&WORKSHOP, bytes, purpose).await
}

async fn prepare_in(workshop: &'static Workshop, bytes: Bytes, purpose: Purpose) -> Result<Prepared, ImageError> {
    if bytes.len() > MAX_UPLOAD_BYTES {
        return Err(ImageError::TooManyBytes);
    }
    // Refusals that only take a look need not wait for a worker.
    recognise(&bytes)?;
    let place = workshop.places.try_acquire().map_err(|_| ImageError::Busy)?;
    let free = time::timeout(LONGEST_WAIT, workshop.workers.acquire()).await;
    let worker = free.ok().and_then(Result::ok).ok_or(ImageError::Busy)?;
    // Both go along: whoever asked may go away, the work can't be stopped, and it has to count until it ends.
    let work = task::spawn_blocking(move || {
        let _held = (place, worker);
        prepare_now(&bytes, purpose)
    });
    work.await.unwrap_or_else(|error| {
        tracing::error!(%error, "a picture made its decoder fail");
        Err(ImageError::Damaged)
    })
}

fn prepare_now(bytes: &[u8], purpose: Purpose) -> Result<Prepared, ImageError> {
    let picture = upright(bytes)?;
    let picture = match purpose {
        Purpose::Portrait => square(&picture),
        Purpose::Post => picture,
    };
    let (width, height) = (picture.width(), picture.height());
    let mut current = if see_through(&picture) {
        DynamicImage::ImageRgba8(multiplied(picture.into_rgba8()))
    } else {
        DynamicImage::ImageRgb8(picture.into_rgb8())
    };
    let mut variants = Vec::new();
    // Each size is made from the one above it: the first step is the only dear one.
    for wanted in sizes(width, purpose).into_iter().rev() {
        current = resized(current, wanted, scaled(height, wanted, width));
        variants.push(Variant { width: wanted, height: current.height(), bytes: encoded(&current)? });
    }
    variants.reverse();
    Ok(Prepared { width, height, variants })
}

/// Whether a file is a picture of a kind that we take, by its content.
pub fn is_picture(bytes: &[u8]) -> bool {
    recognise(bytes).is_ok()
}

fn recognise(bytes: &[u8]) -> Result<ImageFormat, ImageError> {
    if bytes.is_empty() {
        return Err(ImageError::Empty);
    }
    match ::image::guess_format(bytes) {
        Ok(format @ (ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif)) => Ok(format),
        _ => Err(ImageError::Unsupported),
    }
}

/// Decodes a picture (the first one of an animation) and turns it as its camera was held.
fn upright(bytes: &[u8]) -> Result<DynamicImage, ImageError> {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODER_BYTES);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), recognise(bytes)?);
    reader.limits(limits.clone());
    // Reads the header only; nothing of the picture's size has been allocated yet.
    let mut decoder = reader.into_decoder().map_err(|error| refusal(&error))?;
    let (width, height) = decoder.dimensions();
    if width > MAX_SIDE || height > MAX_SIDE || u64::from(width) * u64::from(height) > MAX_PIXELS {
        return Err(ImageError::TooManyPixels);
    }
    if width == 0 || height == 0 {
        return Err(ImageError::Damaged);
    }
    limits.reserve(decoder.total_bytes()).map_err(|error| refusal(&error))?;
    decoder.set_limits(limits).map_err(|error| refusal(&error))?;
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(|error| refusal(&error))?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    Ok(picture)
}

fn refusal(error: &CodecError) -> ImageError {
    match error {
        CodecError::Limits(_) => ImageError::TooManyPixels,
        CodecError::Unsupported(_) => ImageError::Unsupported,
        _ => ImageError::Damaged,
    }
}

/// The largest square in the middle.
fn square(picture: &DynamicImage) -> DynamicImage {
    let (width, height) = (picture.width(), picture.height());
    let side = width.min(height);
    picture.crop_imm((width - side) / 2, (height - side) / 2, side, side)
}

/// The widths to make: those that are smaller than the original, and the original's own, up to the largest one.
fn sizes(width: u32, purpose: Purpose) -> Vec<u32> {
    let wanted = purpose.widths();
    let largest = wanted.iter().copied().max().unwrap_or(width);
    let smaller = wanted.iter().copied().filter(|size| *size < width.min(largest));
    smaller.chain([width.min(largest)]).collect()
}

/// `height * wanted / width`, rounded, at least 1.
fn scaled(height: u32, wanted: u32, width: u32) -> u32 {
    let (height, wanted, width) = (u64::from(height), u64::from(wanted), u64::from(width.max(1)));
    u32::try_from((height * wanted + width / 2) / width).unwrap_or(u32::MAX).max(1)
}

fn resized(picture: DynamicImage, width: u32, height: u32) -> DynamicImage {
    if (picture.width(), picture.height()) == (width, height) {
        return picture;
    }
    // Averaging brings a large picture near cheaply; the good filter does the rest.
    let near = if picture.width() / 2 > width && picture.height() / 2 > height {
        picture.thumbnail_exact(width * 2, height * 2)
    } else {
        picture
    };
    near.resize_exact(width, height, FilterType::Lanczos3)
}

fn see_through(picture: &DynamicImage) -> bool {
    picture.color().has_alpha() && picture.to_rgba8().pixels().any(|Rgba([_, _, _, alpha])| *alpha < u8::MAX)
}

/// Weighs each pixel's colour by how opaque it is. Resizing has to mix such colours: otherwise the hidden colour of
/// clear pixels shows as a fringe.
fn multiplied(mut picture: RgbaImage) -> RgbaImage {
    for Rgba([red, green, blue, alpha]) in picture.pixels_mut() {
        for colour in [red, green, blue] {
            *colour = ratio(u32::from(*colour) * u32::from(*alpha), u32::from(u8::MAX));
        }
    }
    picture
}

/// Undoes `multiplied`.
fn divided(mut picture: RgbaImage) -> RgbaImage {
    for Rgba([red, green, blue, alpha]) in picture.pixels_mut() {
        for colour in [red, green, blue] {
            *colour = ratio(u32::from(*colour) * u32::from(u8::MAX), u32::from(*alpha));
        }
    }
    picture
}

/// Divides and rounds; nothing by nothing is nothing.
fn ratio(number: u32, by: u32) -> u8 {
    (number + by / 2).checked_div(by).map_or(0, |value| u8::try_from(value).unwrap_or(u8::MAX))
}

fn encoded(picture: &DynamicImage) -> Result<Bytes, ImageError> {
    let (width, height) = (picture.width(), picture.height());
    let written = WebPConfig::new().map_err(|()| None).and_then(|config| {
        let config = WebPConfig { quality: QUALITY, method: EFFORT, ..config };
        let written = match picture {
            DynamicImage::ImageRgba8(weighed) => {
                Encoder::from_rgba(&divided(weighed.clone()), width, height).encode_advanced(&config)
            }
            opaque => Encoder::from_rgb(&opaque.to_rgb8(), width, height).encode_advanced(&config),
        };
        written.map_err(Some)
    });
    written.map(|file| Bytes::copy_from_slice(&file)).map_err(|error| {
        tracing::error!(?error, "a picture could not be written");
        ImageError::Damaged
    })
}

#[cfg(test)]
mod tests {
    use ::image::{
        Delay, Frame, GenericImageView, Rgb, RgbImage,
        codecs::{gif::GifEncoder, jpeg::JpegEncoder},
    };

    use super::*;

    fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
        let mut bytes = Cursor::new(Vec::new());
        picture.write_to(&mut bytes, format).expect("encodes");
        bytes.into_inner()
    }

    /// Left half red, right half blue.
    fn halves(width: u32, height: u32) -> DynamicImage {
        let colour = |x| if x < width / 2 { Rgb([220, 20, 20]) } else { Rgb([20, 20, 220]) };
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, _| colour(x)))
    }

    async fn post(bytes: impl Into<Bytes>) -> Result<Prepared, ImageError> {
        prepare(bytes.into(), Purpose::Post).await
    }

    fn decoded(variant: &Variant) -> DynamicImage {
        let picture = ::image::load_from_memory(&variant.bytes).expect("decodes");
        assert_eq!((picture.width(), picture.height()), (variant.width, variant.height));
        picture
    }

    fn is_red(pixel: Rgba<u8>) -> bool {
        pixel[0] > 180 && pixel[2] < 80
    }

    /// Puts an EXIF block into a JPEG: an orientation, and a text as cameras write places.
    fn with_exif(jpeg: &[u8], orientation: u8) -> Vec<u8> {
        let mut exif = b"Exif\0\0MM\0*\0\0\0\x08\0\x02".to_vec();
        exif.extend([0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0]);
        // Tag 0x8825 is where the GPS block stands.
        exif.extend([0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 0x26]);
        exif.extend([0; 4]);
        exif.extend(b"GPSLatitude 38.7223 GPSLongitude -9.1393");
        let length = u16::try_from(exif.len() + 2).expect("short").to_be_bytes();
        let mut out = jpeg[..2].to_vec();
        out.extend([0xff, 0xe1]);
        out.extend(length);
        out.extend(exif);
        out.extend(&jpeg[2..]);
        out
    }

    fn crc(bytes: &[u8]) -> u32 {
        !bytes.iter().fold(!0_u32, |crc, byte| {
            (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & 0_u32.wrapping_sub(crc & 1)))
        })
    }

    /// The start of a PNG that claims the given size.
    fn png_header(width: u32, height: u32) -> Vec<u8> {
        let mut chunk = b"IHDR".to_vec();
        chunk.extend(width.to_be_bytes());
        chunk.extend(height.to_be_bytes());
        chunk.extend([8, 6, 0, 0, 0]);
        let mut out = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
        out.extend(&chunk);
        out.extend(crc(&chunk).to_be_bytes());
        out.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
        out
    }

    #[tokio::test]
    async fn makes_the_sizes_a_post_needs() {
        let large = post(written(&halves(2000, 1000), ImageFormat::Png)).await.expect("a picture");
        let sizes: Vec<_> = large.variants.iter().map(|it| (it.width, it.height)).collect();
        assert_eq!((large.width, large.height), (2000, 1000));
        assert_eq!(sizes, [(480, 240), (640, 320), (960, 480), (1600, 800)]);
        for variant in &large.variants {
            let picture = decoded(variant);
            assert!(
                is_red(picture.get_pixel(variant.width / 4, 10))
                    && !is_red(picture.get_pixel(variant.width * 3 / 4, 10))
            );
            assert_eq!(::image::guess_format(&variant.bytes).ok(), Some(ImageFormat::WebP));
        }
        let middling = post(written(&halves(1000, 10), ImageFormat::WebP)).await.expect("a picture");
        assert_eq!(middling.variants.iter().map(|it| it.width).collect::<Vec<_>>(), [480, 640, 960, 1000]);
        let small = post(written(&halves(100, 50), ImageFormat::Jpeg)).await.expect("a picture");
        assert_eq!(small.variants.iter().map(|it| it.width).collect::<Vec<_>>(), [100]);
        let dot = post(written(&halves(1, 1), ImageFormat::Gif)).await.expect("a picture");
        assert_eq!((dot.variants.len(), dot.variants[0].width, dot.variants[0].height), (1, 1, 1));
        let line = post(written(&halves(4000, 1), ImageFormat::Png)).await.expect("a picture");
        assert!(line.variants.iter().all(|it| it.height == 1));
    }

    #[tokio::test]
    async fn cuts_portraits_from_the_middle() {
        let mut wide = RgbImage::from_pixel(900, 300, Rgb([0, 0, 0]));
        (300..600).for_each(|x| (0..300).for_each(|y| wide.put_pixel(x, y, Rgb([220, 20, 20]))));
        let bytes = written(&DynamicImage::ImageRgb8(wide), ImageFormat::Png);
        let portrait = prepare(bytes.into(), Purpose::Portrait).await.expect("a picture");
        assert_eq!((portrait.width, portrait.height), (300, 300));
        assert_eq!(
            portrait.variants.iter().map(|it| (it.width, it.height)).collect::<Vec<_>>(),
            [(48, 48), (96, 96), (192, 192), (300, 300)]
        );
        let picture = decoded(&portrait.variants[2]);
        assert!(is_red(picture.get_pixel(3, 80)) && is_red(picture.get_pixel(188, 80)));
    }

    #[tokio::test]
    async fn turns_pictures_upright_and_forgets_where_they_were_taken() {
        let bytes = with_exif(&written(&halves(200, 100), ImageFormat::Jpeg), 6);
        assert!(bytes.windows(11).any(|window| window == b"GPSLatitude"));
        let picture = post(bytes).await.expect("a picture");
        assert_eq!((picture.width, picture.height), (100, 200));
        // 6 means: turn clockwise, so what was left comes to the top.
        let turned = decoded(&picture.variants[0]);
        assert!(is_red(turned.get_pixel(50, 20)) && !is_red(turned.get_pixel(50, 180)));
        for trace in [&b"GPSLatitude"[..], b"Exif", b"38.7223"] {
            assert!(!picture.variants[0].bytes.windows(trace.len()).any(|window| window == trace));
        }
    }

    #[tokio::test]
    async fn keeps_what_can_be_seen_through() {
        // A red disc on clear black: with the hidden black mixed in, its edge would turn dark.
        let disc = RgbaImage::from_fn(1000, 1000, |x, y| {
            let inside = (i64::from(x) - 500).pow(2) + (i64::from(y) - 500).pow(2) < 400 * 400;
            if inside { Rgba([250, 0, 0, 255]) } else { Rgba([0, 0, 0, 0]) }
        });
        let bytes = written(&DynamicImage::ImageRgba8(disc), ImageFormat::Png);
        let picture = post(bytes).await.expect("a picture");
        let small = decoded(&picture.variants[0]).into_rgba8();
        assert_eq!((small.get_pixel(0, 0)[3], small.get_pixel(240, 240)[3]), (0, 255));
        assert!(is_red(*small.get_pixel(240, 240)));
        assert!(small.pixels().filter(|pixel| pixel[3] > 20).all(|pixel| pixel[0] > 220), "a dark fringe");
        let opaque = DynamicImage::ImageRgba8(RgbaImage::from_pixel(10, 10, Rgba([1, 2, 3, 255])));
        let opaque = post(written(&opaque, ImageFormat::Png)).await.expect("a picture");
        assert!(!decoded(&opaque.variants[0]).color().has_alpha());
    }

    /// Soft light, an edge, and the noise of a sensor: what photographs are made of.
    fn photograph(width: u32, height: u32) -> DynamicImage {
        let mut seed = 1_u32;
        DynamicImage::ImageRgb8(RgbImage::from_fn(width, height, |x, y| {
            seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let (noise, light) = ((seed >> 28) & 7, 60 + x * 80 / width + y * 60 / height);
            let (shade, tint) = if y > height / 2 + x / 8 { (40, 0) } else { (0, 30) };
            let level = |value: u32| u8::try_from(value.min(255)).expect("a byte");
            Rgb([level(light + noise + tint - tint / 3), level(light + noise), level(light + noise + shade)])
        }))
    }

    #[tokio::test]
    async fn writes_far_fewer_bytes_than_as_jpeg() {
        let original = photograph(640, 427);
        let mut jpeg = Vec::new();
        original.write_with_encoder(JpegEncoder::new_with_quality(&mut jpeg, 80)).expect("encodes");
        let picture = post(written(&original, ImageFormat::Png)).await.expect("a picture");
        let ours = picture.variants.last().expect("one");
        assert_eq!(ours.width, 640);
        assert!(ours.bytes.len() * 2 < jpeg.len(), "{} of {} bytes", ours.bytes.len(), jpeg.len());
        let (before, after) = (original.to_rgb8(), decoded(ours).to_rgb8());
        let apart: u64 = before.iter().zip(after.iter()).map(|(one, other)| u64::from(one.abs_diff(*other))).sum();
        let values = u64::from(ours.width * ours.height * 3);
        assert!(apart < 4 * values, "differs by {apart} over {values} values");
    }

    #[tokio::test]
    async fn shows_the_first_picture_of_an_animation() {
        let frame =
            |colour| Frame::from_parts(RgbaImage::from_pixel(20, 20, colour), 0, 0, Delay::from_numer_denom_ms(100, 1));
        let mut bytes = Vec::new();
        let mut encoder = GifEncoder::new(&mut bytes);
        encoder.encode_frames([frame(Rgba([220, 20, 20, 255])), frame(Rgba([20, 20, 220, 255]))]).expect("encodes");
        drop(encoder);
        let picture = post(bytes).await.expect("a picture");
        assert!(is_red(decoded(&picture.variants[0]).get_pixel(10, 10)));
    }

    #[tokio::test]
    async fn refuses_what_is_no_picture() {
        let svg = br#"<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>"#;
        for other in [
            &svg[..],
            b"<svg onload=alert(1)>",
            b"<!doctype html><script>",
            b"%PDF-1.7",
            b"PK\x03\x04",
            b"GIF",
            b"BM0000000000000000",
            b"II*\0",
            b"\0\0\0\x20ftypavif",
            b"\xef\xbb\xbf<svg>",
        ] {
            assert_eq!(post(other).await.err(), Some(ImageError::Unsupported), "{other:?}");
        }
        assert_eq!(post(Bytes::new()).await.err(), Some(ImageError::Empty));
        assert_eq!(post(vec![0xff; MAX_UPLOAD_BYTES + 1]).await.err(), Some(ImageError::TooManyBytes));
    }

    #[tokio::test]
    async fn what_hides_behind_a_picture_stays_behind() {
        let hidden = b"<script>alert(1)</script>PK\x03\x04META-INF/MANIFEST.MF";
        for format in [ImageFormat::Gif, ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let mut bytes = written(&halves(64, 64), format);
            bytes.extend(hidden);
            let picture = post(bytes).await.expect("a picture");
            for variant in picture.variants {
                assert!(
                    !variant.bytes.windows(8).any(|window| window == b"<script>" || window == b"META-INF"),
                    "{format:?}"
                );
            }
        }
    }

    #[tokio::test]
    async fn refuses_bombs_by_their_header() {
        for (width, height) in [(20_000, 20_000), (8193, 1), (1, 8193), (8000, 8000), (i32::MAX.unsigned_abs(), 2)] {
            let error = post(png_header(width, height)).await.expect_err("too large");
            assert_eq!(error, ImageError::TooManyPixels, "{width} x {height}");
        }
        let problem = Problem::from(ImageError::TooManyPixels);
        assert_eq!(problem.status(), 413);
        assert!(problem.for_field("image").is_some_and(|message| message.contains("8192")), "{problem:?}");
        // A real picture: few bytes, many pixels.
        let blank = DynamicImage::new_luma8(8192, 5000);
        let bytes = written(&blank, ImageFormat::Png);
        assert!(bytes.len() < MAX_UPLOAD_BYTES / 10, "{}", bytes.len());
        assert_eq!(post(bytes).await.err(), Some(ImageError::TooManyPixels));
        let gif = b"GIF89a\xff\xff\xff\xff\x00\x00\x00,\0\0\0\0\xff\xff\xff\xff\0\x02\x02\x44\x01\0;";
        assert_eq!(post(&gif[..]).await.err(), Some(ImageError::TooManyPixels));
    }

    #[tokio::test]
    async fn damaged_pictures_fail_and_nothing_else_does() {
        for format in [ImageFormat::Gif, ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
            let whole = written(&halves(300, 300), format);
            for length in (0..whole.len()).step_by(whole.len() / 40 + 1) {
                // Some decoders show the part they got; none may panic or accept rubbish as a header.
                let result = post(whole[..length].to_vec()).await;
                if length < 20 {
                    assert!(result.is_err(), "{format:?} cut to {length}");
                }
            }
            for at in (8..whole.len()).step_by(whole.len() / 60 + 1) {
                let mut bent = whole.clone();
                bent[at] ^= 0xff;
                drop(post(bent).await);
            }
        }
        let jpeg = written(&halves(300, 300), ImageFormat::Jpeg);
        assert_eq!(post(jpeg[..200].to_vec()).await.err(), Some(ImageError::Damaged));
        let png = written(&halves(300, 300), ImageFormat::Png);
        assert_eq!(post(png[..png.len() / 2].to_vec()).await.err(), Some(ImageError::Damaged));
    }

    #[tokio::test]
    async fn sends_away_whoever_finds_no_place() {
        static SMALL: Workshop = Workshop::new(1, 2);
        let picture = || Bytes::from(written(&halves(600, 600), ImageFormat::Png));
        let prepare = || prepare_in(&SMALL, picture(), Purpose::Post);
        let (first, second, third) = tokio::join!(prepare(), prepare(), prepare());
        assert!(first.is_ok() && second.is_ok());
        assert_eq!(third.err(), Some(ImageError::Busy));
        // What nobody waits for any more still has its place, until it ends.
        let left = time::timeout(Duration::from_millis(1), prepare()).await;
        assert!(left.is_err() && SMALL.workers.available_permits() == 0);
        while SMALL.places.available_permits() < 2 {
            task::yield_now().await;
        }
        assert!(prepare().await.is_ok());
    }

    #[test]
    fn problems_have_the_right_kind() {
        for (error, status) in [
            (ImageError::Empty, 422),
            (ImageError::Damaged, 422),
            (ImageError::TooManyBytes, 413),
            (ImageError::Unsupported, 415),
            (ImageError::Busy, 503),
        ] {
            let problem = error.problem("portrait");
            assert_eq!(problem.status(), status);
            assert_eq!(problem.for_field("portrait"), Some(error.to_string().as_str()));
        }
    }
}
