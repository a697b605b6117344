//! `docs/terminal.svg`: what a terminal shows, made of what gwlint sends to one.
//!
//! Text is placed run by run and frames are drawn as lines, so that the picture is the same whichever
//! fixed-width font is there.

use std::fmt::Write as _;

use crate::agree;
use crate::console::{COLUMNS, place, shell};

const COMMAND: &str = "gwlint fixtures/shop-broken --select target,timeout/read-below-backend";

#[test]
fn the_picture_shows_what_is_printed() {
    let place = place();
    let output = shell(place.path(), &format!("{COMMAND} --color always")).output().expect("sh");
    let printed = String::from_utf8(output.stdout).expect("UTF-8");
    let screen = format!("\x1b[32;1m$\x1b[0m \x1b[1m{COMMAND}\x1b[0m\n{printed}");
    agree("docs/terminal.svg", &draw(&screen));
}

/// A character as the terminal shows it: the classes of its style, and itself.
type Cell = (String, char);

/// Size of a character, and the room around all of them.
const WIDTH: f32 = 8.43;
const HEIGHT: f32 = 19.0;
const LEFT: f32 = 22.0;
const TOP: f32 = 48.0;

fn draw(screen: &str) -> String {
    let rows: Vec<Vec<Cell>> = lines(screen);
    let longest = rows.iter().map(Vec::len).max().unwrap_or_default().max(COLUMNS);
    let width = LEFT.mul_add(2.0, longest as f32 * WIDTH).ceil();
    let height = (TOP + rows.len() as f32 * HEIGHT + LEFT).ceil();
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>$ {COMMAND}</title>\n{STYLE}\
         <rect class=\"screen\" width=\"{width}\" height=\"{height}\" rx=\"10\"/>\n\
         <g class=\"dot\"><circle cx=\"24\" cy=\"22\" r=\"6\"/><circle cx=\"44\" cy=\"22\" r=\"6\"/>\
         <circle cx=\"64\" cy=\"22\" r=\"6\"/></g>\n"
    );
    for (row, cells) in rows.iter().enumerate() {
        draw_row(&mut svg, cells, TOP + row as f32 * HEIGHT);
    }
    svg + "</svg>\n"
}

const STYLE: &str = "\
<style>
text { font: 14px ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace; fill: #d5d9e0; white-space: pre }
path { fill: none; stroke: #8b93a1; stroke-width: 1.3 }
.screen { fill: #1b1f27 }
.dot { fill: #3a404c }
text.s1 { font-weight: 700; fill: #f2f4f8 }
text.s2 { fill: #7f8896 }
text.s4 { text-decoration: underline }
text.s31 { fill: #ff7b72 } path.s31 { stroke: #ff7b72 }
text.s32 { fill: #7ee787 }
text.s33 { fill: #f2cc60 } path.s33 { stroke: #f2cc60 }
text.s36 { fill: #6cc7e6 } path.s36 { stroke: #6cc7e6 }
</style>
";

/// Splits what is sent into lines of styled characters.
fn lines(screen: &str) -> Vec<Vec<Cell>> {
    let mut style: Vec<&str> = Vec::new();
    let mut rows = Vec::new();
    for line in screen.trim_end().lines() {
        let mut cells = Vec::new();
        for (index, piece) in line.split("\x1b[").enumerate() {
            let text = if index == 0 {
                piece
            } else {
                let (codes, text) = piece.split_once('m').expect("only colours are sent");
                for code in codes.split(';') {
                    if code == "0" { style.clear() } else { style.push(code) }
                }
                text
            };
            let mut codes = style.clone();
            codes.sort_unstable();
            codes.dedup();
            let class = codes.iter().map(|code| format!("s{code}")).collect::<Vec<_>>().join(" ");
            cells.extend(text.chars().map(|c| (class.clone(), c)));
        }
        rows.push(cells);
    }
    rows
}

/// Draws one line, in runs of the same style and kind.
fn draw_row(svg: &mut String, cells: &[Cell], top: f32) {
    let mut start = 0;
    for run in cells.chunk_by(|(style, a), (other, b)| style == other && is_frame(*a) == is_frame(*b)) {
        let (class, first) = &run[0];
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        if is_frame(*first) {
            let path: String =
                run.iter().enumerate().map(|(index, (_, c))| stroke(*c, start + index, top)).collect();
            let _ = writeln!(svg, "<path{class} d=\"{path}\"/>");
        } else {
            write_text(svg, &class, run, start, top);
        }
        start += run.len();
    }
}

/// Writes a run of text, without the blanks around it.
fn write_text(svg: &mut String, class: &str, run: &[Cell], start: usize, top: f32) {
    let text: String = run.iter().map(|(_, c)| c).collect();
    let blanks = text.chars().take_while(|c| *c == ' ').count();
    let shown = text.trim_matches(' ');
    if shown.is_empty() {
        return;
    }
    let x = (start + blanks) as f32 * WIDTH + LEFT;
    let (y, length) = (top + 14.0, shown.chars().count() as f32 * WIDTH);
    let shown = shown.replace('&', "&amp;").replace('<', "&lt;").replace("  ", " \u{a0}");
    let _ = writeln!(
        svg,
        "<text{class} x=\"{x:.2}\" y=\"{y}\" textLength=\"{length:.2}\" \
         lengthAdjust=\"spacingAndGlyphs\">{shown}</text>"
    );
}

fn is_frame(c: char) -> bool {
    matches!(c, '─' | '│' | '╭' | '╰' | '┬' | '├')
}

/// A character of a frame as lines from edge to edge, so that neighbours meet.
fn stroke(c: char, column: usize, top: f32) -> String {
    let left = column as f32 * WIDTH + LEFT;
    let (right, bottom) = (left + WIDTH, top + HEIGHT);
    let (x, y) = (left + WIDTH / 2.0, top + HEIGHT / 2.0);
    match c {
        '─' => format!("M{left:.2} {y}H{right:.2}"),
        '│' => format!("M{x:.2} {top}V{bottom}"),
        '╭' => format!("M{x:.2} {bottom}V{:.2}Q{x:.2} {y} {right:.2} {y}", y + WIDTH / 2.0),
        '╰' => format!("M{x:.2} {top}V{:.2}Q{x:.2} {y} {right:.2} {y}", y - WIDTH / 2.0),
        '┬' => format!("M{left:.2} {y}H{right:.2}M{x:.2} {y}V{bottom}"),
        '├' => format!("M{x:.2} {top}V{bottom}M{x:.2} {y}H{right:.2}"),
        _ => String::new(),
    }
}
