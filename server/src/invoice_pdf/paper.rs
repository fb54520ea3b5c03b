//! Paper: what stands on a page is drawn on it, and tagged with what it is.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZeroU16,
};

use krilla::{
    color::rgb,
    geom::{Path, PathBuilder, Point, Rect, Transform},
    paint::{Fill, Stroke},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, Node, TableHeaderScope, Tag, TagGroup, TagKind, TagTree,
    },
};

use super::{
    layout::{Colour, Item, Look, Role, Table},
    text::Faces,
};

/// How far the ends of a curve that rounds a quarter of a circle pull at it.
const QUARTER: f32 = 0.5523;
/// The colours of the mark: its ground, its letter, where that stands, a person and an agent.
const MARK: [Colour; 4] =
    [Colour(0x5b, 0x3f, 0xe0), Colour(0xff, 0xff, 0xff), Colour(0xc9, 0xbd, 0xff), Colour(0xff, 0xd2, 0x7a)];

/// Draws what stands on a page, and gives what the tags are made of.
pub fn draw(surface: &mut Surface<'_>, items: &[Item], faces: &Faces) -> Vec<(Role, Identifier)> {
    let mut marks = Vec::with_capacity(items.len());
    for item in items {
        let artifact = |kind| ContentTag::Artifact(Artifact::with_kind(kind));
        let identifier = surface.start_tagged(match item.role {
            Role::Ornament => artifact(ArtifactType::Layout),
            Role::Furniture => artifact(ArtifactType::PaginationOther),
            Role::Heading | Role::Paragraph(_) | Role::Cell { .. } => ContentTag::Other,
        });
        fill(surface, item.colour);
        match &item.look {
            Look::Text(line) => {
                let (start, font) = (Point::from_xy(item.x, item.y), faces.font(line.style.weight));
                surface.draw_glyphs(start, &line.glyphs, font, &line.text, line.style.size, false);
            }
            Look::Rectangle(width, height, radius) => {
                draw_path(surface, rounded((item.x, item.y), (*width, *height), *radius));
            }
            Look::Mark(size) => draw_mark(surface, (item.x, item.y), *size),
        }
        surface.end_tagged();
        marks.push((item.role, identifier));
    }
    marks
}

fn fill(surface: &mut Surface<'_>, Colour(red, green, blue): Colour) {
    surface.set_stroke(None);
    surface.set_fill(Some(Fill { paint: rgb::Color::new(red, green, blue).into(), ..Fill::default() }));
}

fn draw_path(surface: &mut Surface<'_>, path: Option<Path>) {
    if let Some(path) = path {
        surface.draw_path(&path);
    }
}

/// A rectangle with round corners.
fn rounded((x, y): (f32, f32), (width, height): (f32, f32), radius: f32) -> Option<Path> {
    let mut path = PathBuilder::new();
    if radius <= 0.0 {
        path.push_rect(Rect::from_xywh(x, y, width, height)?);
        return path.finish();
    }
    let (right, lower, pull) = (x + width, y + height, radius * (1.0 - QUARTER));
    path.move_to(x + radius, y);
    path.line_to(right - radius, y);
    path.cubic_to(right - pull, y, right, y + pull, right, y + radius);
    path.line_to(right, lower - radius);
    path.cubic_to(right, lower - pull, right - pull, lower, right - radius, lower);
    path.line_to(x + radius, lower);
    path.cubic_to(x + pull, lower, x, lower - pull, x, lower - radius);
    path.line_to(x, y + radius);
    path.cubic_to(x, y + pull, x + pull, y, x + radius, y);
    path.close();
    path.finish()
}

/// The mark of the platform: the same as `public/favicon.svg`, on one colour.
fn draw_mark(surface: &mut Surface<'_>, (x, y): (f32, f32), size: f32) {
    let [ground, letter, feet, inside] = MARK;
    let scale = size / 64.0;
    surface.push_transform(&Transform::from_row(scale, 0.0, 0.0, scale, x, y));
    fill(surface, ground);
    draw_path(surface, rounded((0.0, 0.0), (64.0, 64.0), 15.0));
    let Colour(red, green, blue) = letter;
    surface.set_fill(None);
    let paint = rgb::Color::new(red, green, blue).into();
    surface.set_stroke(Some(Stroke { paint, width: 7.5, ..Stroke::default() }));
    draw_path(surface, arches());
    fill(surface, feet);
    for left in [7.25, 28.25, 49.25] {
        draw_path(surface, rounded((left, 43.0), (7.5, 7.5), 0.0));
    }
    fill(surface, inside);
    draw_path(surface, rounded((17.5, 37.0), (8.0, 8.0), 4.0));
    draw_path(surface, rounded((38.5, 37.0), (8.0, 8.0), 2.2));
    surface.pop();
}

/// The letter of the mark: two arches beside each other.
fn arches() -> Option<Path> {
    let (mut path, radius, top) = (PathBuilder::new(), 10.5, 29.5);
    path.move_to(11.0, 44.0);
    path.line_to(11.0, top);
    for middle in [21.5, 42.5] {
        let (pull, peak) = (radius * QUARTER, top - radius);
        path.cubic_to(middle - radius, top - pull, middle - pull, peak, middle, peak);
        path.cubic_to(middle + pull, peak, middle + radius, top - pull, middle + radius, top);
        path.line_to(middle + radius, 44.0);
        path.move_to(middle + radius, top);
    }
    path.finish()
}

/// The tags, in the order in which they are read.
pub fn tags(marks: &[(Role, Identifier)], title: &str) -> TagTree {
    let mut tree = TagTree::new();
    let (mut last, mut placed) = (None, BTreeSet::new());
    for (role, identifier) in marks {
        match *role {
            Role::Ornament | Role::Furniture => continue,
            Role::Cell { table, .. } if placed.insert(table) => tree.push(tagged_table(table, marks)),
            Role::Cell { .. } => {}
            Role::Heading | Role::Paragraph(_) => match tree.children.last_mut() {
                Some(Node::Group(group)) if last == Some(*role) => group.push(*identifier),
                _ => tree.push(TagGroup::with_children(block(*role, title), vec![(*identifier).into()])),
            },
        }
        last = Some(*role);
    }
    tree
}

fn block(role: Role, title: &str) -> TagKind {
    match role {
        Role::Heading => Tag::Hn(NonZeroU16::MIN, Some(title.to_owned())).into(),
        _ => Tag::P.into(),
    }
}

fn tagged_table(table: Table, marks: &[(Role, Identifier)]) -> TagGroup {
    let mut rows: BTreeMap<usize, BTreeMap<usize, Vec<Node>>> = BTreeMap::new();
    for (role, identifier) in marks {
        match *role {
            Role::Cell { table: of, row, column } if of == table => {
                rows.entry(row).or_default().entry(column).or_default().push((*identifier).into());
            }
            _ => {}
        }
    }
    let tagged_row = |(row, cells): (usize, BTreeMap<usize, Vec<Node>>)| -> Node {
        let cell = |(column, nodes)| TagGroup::with_children(cell(table, row, column), nodes).into();
        TagGroup::with_children(Tag::TR, cells.into_iter().map(cell).collect()).into()
    };
    let mut rows: Vec<Node> = rows.into_iter().map(tagged_row).collect();
    if table != Table::Rows || rows.is_empty() {
        return TagGroup::with_children(Tag::Table, rows);
    }
    let body = rows.split_off(1);
    let mut parts: Vec<Node> = vec![TagGroup::with_children(Tag::THead, rows).into()];
    if !body.is_empty() {
        parts.push(TagGroup::with_children(Tag::TBody, body).into());
    }
    TagGroup::with_children(Tag::Table, parts)
}

/// What a cell is: the head of a column or of a row, or what stands under or beside it.
fn cell(table: Table, row: usize, column: usize) -> TagKind {
    match (table, row, column) {
        (Table::Rows, 0, _) => Tag::TH(TableHeaderScope::Column).into(),
        (Table::Facts | Table::Sums, _, 0) => Tag::TH(TableHeaderScope::Row).into(),
        _ => Tag::TD.into(),
    }
}
