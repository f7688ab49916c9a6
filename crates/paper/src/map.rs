//! The map of a printed form: every box with its page and its rectangle, for whoever reads a filled sheet back. The places are the typesetter's
//! own, asked for where the box was drawn; `docs/paper-map.md` describes the format.

use std::collections::HashMap;

use definitions::{procedure::Procedure, text::Language};
use letters::typeset::Marked;
use serde::Serialize;
use serde_json::Value as Json;

use crate::form::FormBox;

/// The map of a form.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Map {
    /// The format of this map; 1.
    pub format: u8,
    /// The procedure's id.
    pub procedure: String,
    /// The whole digest of its version.
    pub version: String,
    /// The language beside the Japanese: `ja` where there is none.
    pub language: &'static str,
    /// Whether it is the larger print.
    pub large: bool,
    /// Whether answers were printed into the boxes.
    pub prefilled: bool,
    /// Width and height of a page in millimetres.
    pub page_mm: (u16, u16),
    /// How many pages.
    pub pages: usize,
    /// The black squares in the corners, by which a scan is laid straight.
    pub marks: Vec<Mark>,
    /// The boxes, in the order of the form.
    pub boxes: Vec<Placed>,
}

/// A rectangle on a page, in millimetres from its top left corner.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rectangle {
    /// From 1.
    pub page: usize,
    /// From the left edge to its left side.
    pub x: f64,
    /// From the top edge to its upper side.
    pub y: f64,
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// A mark of the page itself.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Mark {
    /// `top_left`, `top_right`, `bottom_left`, `bottom_right`; `code`: the QR code.
    pub name: String,
    /// Where it lies.
    #[serde(flatten)]
    pub at: Rectangle,
}

/// A box with its place.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Placed {
    /// Where it lies.
    #[serde(flatten)]
    pub at: Rectangle,
    /// What it is for.
    #[serde(flatten)]
    pub of: FormBox,
}

/// A box was laid out and has no place on the pages, or goes over the end of one: a mistake of ours, found before anything is printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("box {0} of the form has no rectangle on one page")]
pub struct NoPlace(pub String);

/// A4.
const PAGE_MM: (u16, u16) = (210, 297);

impl Map {
    /// Out of what the typesetter says of the marks of the template.
    ///
    /// # Errors
    /// [`NoPlace`].
    pub(crate) fn of(
        procedure: &Procedure,
        (language, large, prefilled): (Language, bool, bool),
        pages: usize,
        boxes: &[FormBox],
        marked: &[Marked],
    ) -> Result<Map, NoPlace> {
        let mut corners: HashMap<usize, [Option<&Marked>; 2]> = HashMap::new();
        let mut furniture: Vec<(&str, [Option<&Marked>; 2])> = Vec::new();
        for mark in marked {
            let (Some(who), Some(corner)) = (mark.says.get(0), mark.says.get(1).and_then(Json::as_u64).filter(|corner| *corner < 2)) else {
                continue;
            };
            let corner = usize::try_from(corner).unwrap_or(0);
            match (who.as_u64().and_then(|at| usize::try_from(at).ok()), who.as_str()) {
                (Some(at), _) => corners.entry(at).or_default()[corner] = Some(mark),
                // The page's own marks come on every page, each begun before it is ended.
                (None, Some(name)) => match furniture.iter_mut().rfind(|(other, _)| *other == name) {
                    Some((_, found)) if corner == 1 && found[1].is_none() => found[1] = Some(mark),
                    _ => furniture.push((name, [Some(mark), None])),
                },
                (None, None) => {}
            }
        }
        let placed = boxes.iter().enumerate().map(|(at, of)| {
            let rectangle = corners.get(&at).and_then(rectangle).ok_or_else(|| NoPlace(of.field.clone()))?;
            Ok(Placed { at: rectangle, of: of.clone() })
        });
        let marks = furniture
            .iter()
            .map(|(name, found)| Ok(Mark { name: (*name).to_owned(), at: rectangle(found).ok_or_else(|| NoPlace((*name).to_owned()))? }));
        Ok(Map {
            format: 1,
            procedure: procedure.id.to_string(),
            version: procedure.version.0.clone(),
            language: language.code(),
            large,
            prefilled,
            page_mm: PAGE_MM,
            pages,
            marks: marks.collect::<Result<_, NoPlace>>()?,
            boxes: placed.collect::<Result<_, NoPlace>>()?,
        })
    }
}

fn rectangle(corners: &[Option<&Marked>; 2]) -> Option<Rectangle> {
    let [Some(from), Some(to)] = corners else { return None };
    let mm = |um: i64| (um as f64 / 10.0).round() / 100.0;
    let (width, height) = (to.x_um - from.x_um, to.y_um - from.y_um);
    let is_whole = from.page == to.page && width > 0 && height > 0;
    is_whole.then(|| Rectangle { page: from.page, x: mm(from.x_um), y: mm(from.y_um), width: mm(width), height: mm(height) })
}
