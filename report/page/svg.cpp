// Writes SVG elements; the table of inks; escaping. See svg.hpp for why each colour stands twice.
// Coordinates have one decimal, so that equal charts are equal bytes.
#include "report/page/svg.hpp"

#include <fmt/core.h>
#include <algorithm>

#include "report/words/format.hpp"
#include "strategies/core/check.hpp"

namespace squall {
namespace {

// clang-format off
constexpr Ink kInks[] = {
    {"fg",     "#1b1e24", "#e6e8ee"},  // text
    {"muted",  "#59606c", "#a3abb8"},  // secondary text
    {"axis",   "#8a919c", "#6d7583"},
    {"grid",   "#e4e7eb", "#2a2e36"},
    {"bg",     "#ffffff", "#14161a"},
    {"bad",    "#b3261e", "#ff8a80"},
    {"good",   "#1d6b3a", "#7ddc9a"},
    {"fault",  "#f3e3c3", "#4a3a17"},  // bands
    {"margin", "#e7ebf2", "#262c36"},  // the practical margin
    {"s0",     "#07519d", "#426da5"},  // strategies; distances are measured in OKLab
    {"s1",     "#834b14", "#90601f"},
    {"s2",     "#b876e5", "#e38df7"},
    {"s3",     "#3fa66b", "#6ab76d"},
    {"s4",     "#222429", "#e2e4eb"},
    {"g0",     "#3d434c", "#c9ced8"},  // greys of causes and links
    {"g1",     "#6b7280", "#98a1ae"},
    {"g2",     "#9aa2ad", "#6c7583"},
    {"g3",     "#c5cad1", "#474e59"},
    {"heat",   "#0b3d6e", "#8ec5ff"},  // with opacity
};
// clang-format on

std::string number(double value) {
  std::string text = decimal(value, 1);
  if (text.ends_with(".0")) text.resize(text.size() - 2);
  return text;
}

std::string attribute(std::string_view name, std::string_view value) {
  return fmt::format(" {}=\"{}\"", name, value);
}
std::string attribute(std::string_view name, double value) {
  return attribute(name, number(value));
}

std::string filled(std::string_view name) {
  return attribute("class", "f-" + std::string(name)) + attribute("fill", ink(name).light);
}

std::string stroked(const LineStyle& style) {
  std::string text = attribute("class", "s-" + std::string(style.ink)) +
                     attribute("stroke", ink(style.ink).light) +
                     attribute("stroke-width", style.width);
  if (!style.dash.empty()) text += attribute("stroke-dasharray", style.dash);
  return text;
}

std::string translucent(double opacity) {
  return opacity < 1 ? attribute("fill-opacity", decimal(opacity, 2)) : "";
}

std::string coordinates(std::span<const Point> points) {
  std::string text;
  for (const Point& point : points) {
    text += fmt::format("{}{},{}", text.empty() ? "" : " ", number(point.x), number(point.y));
  }
  return text;
}

// Length of a well-formed UTF-8 sequence at the start of `text`; 0 when it is none.
std::size_t sequence(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  std::size_t length = 0;
  if (lead < 0x80) length = 1;
  if (lead >= 0xC2 && lead < 0xE0) length = 2;
  if (lead >= 0xE0 && lead < 0xF0) length = 3;
  if (lead >= 0xF0 && lead < 0xF5) length = 4;
  if (length == 0 || length > text.size()) return 0;
  for (std::size_t i = 1; i < length; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U) return 0;
  }
  const auto second = length > 1 ? static_cast<unsigned char>(text[1]) : 0x80U;
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

struct Hatch {
  std::string_view ground;      // an ink
  std::string_view lines = "";  // an ink; empty: plain
  std::string_view along = "";  // directions of the lines, drawn as they look
};

// Neighbors differ in shade and in direction.
constexpr Hatch kHatchTable[Svg::kHatches] = {
    {"g2"}, {"g3", "g0", "/"}, {"g0"}, {"g3", "g0", "\\"}, {"g1", "bg", "-"},   {"g3", "g0", "|"},
    {"g1"}, {"g2", "bg", "/"}, {"g3"}, {"g0", "bg", "\\"}, {"g3", "g1", "/\\"}, {"g1", "bg", "-|"},
};
constexpr double kHatchGap = 7;

std::string stroke_between(Point from, Point to) {
  return fmt::format("M{} {}L{} {}", number(from.x), number(from.y), number(to.x), number(to.y));
}

// Lines in one direction, cut at the edges of the box. Real lines, not a pattern: patterns become
// bitmaps on paper and need ids.
std::string hatch_path(const Box& box, char along) {
  std::string path;
  const double right = box.x + box.width, bottom = box.y + box.height;
  if (along == '-') {
    for (double y = box.y + kHatchGap / 2; y < bottom; y += kHatchGap) {
      path += stroke_between({box.x, y}, {right, y});
    }
    return path;
  }
  const double slant = along == '|' ? 0 : box.height;  // 45 degrees
  for (double at = kHatchGap / 2 - slant; at < box.width; at += kHatchGap) {
    // Where the line is at the top and at the bottom, and how much of it is inside.
    const double low = std::clamp(at, 0.0, box.width);
    const double high = std::clamp(at + slant, 0.0, box.width);
    if (slant > 0 && high <= low) continue;
    const double begin = slant > 0 ? (low - at) / slant * box.height : 0;
    const double end = slant > 0 ? (high - at) / slant * box.height : box.height;
    const bool up = along == '/';
    path += stroke_between({box.x + low, up ? bottom - begin : box.y + begin},
                           {box.x + high, up ? bottom - end : box.y + end});
  }
  return path;
}

}  // namespace

std::span<const Ink> inks() { return kInks; }

const Ink& ink(std::string_view name) {
  const auto found = std::find_if(std::begin(kInks), std::end(kInks),
                                  [&](const Ink& one) { return one.name == name; });
  SQUALL_CHECK(found != std::end(kInks));
  return *found;
}

std::string escaped(std::string_view text) {
  std::string safe;
  while (!text.empty()) {
    const std::size_t length = sequence(text);
    const std::string_view one = text.substr(0, std::max<std::size_t>(length, 1));
    text.remove_prefix(one.size());
    if (length == 0) {
      safe += "\xEF\xBF\xBD";
    } else if (one == "&") {
      safe += "&amp;";
    } else if (one == "<") {
      safe += "&lt;";
    } else if (one == ">") {
      safe += "&gt;";
    } else if (one == "\"") {
      safe += "&quot;";
    } else if (one == "'") {
      safe += "&#39;";
    } else {
      safe += one;
    }
  }
  return printable(safe);
}

double text_width(std::string_view text, double size) {
  return static_cast<double>(display_width(text)) * size * 0.58;
}

Svg::Svg(std::string id, double width, double height)
    : id_(std::move(id)), width_(width), height_(height) {}

void Svg::rect(const Box& box, std::string_view ink, double opacity) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"{}{}/>\n", number(box.x),
                       number(box.y), number(box.width), number(box.height), filled(ink),
                       translucent(opacity));
}

void Svg::frame(const Box& box, const LineStyle& style) {
  body_ += fmt::format("<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"none\"{}/>\n",
                       number(box.x), number(box.y), number(box.width), number(box.height),
                       stroked(style));
}

void Svg::line(Point from, Point to, const LineStyle& style) {
  body_ += fmt::format("<line x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>\n", number(from.x),
                       number(from.y), number(to.x), number(to.y), stroked(style));
}

void Svg::polyline(std::span<const Point> points, const LineStyle& style) {
  if (points.size() < 2) return;
  body_ += fmt::format("<polyline points=\"{}\" fill=\"none\" stroke-linejoin=\"round\"{}/>\n",
                       coordinates(points), stroked(style));
}

void Svg::area(std::span<const Point> outline, std::string_view ink, double opacity) {
  if (outline.size() < 3) return;
  body_ += fmt::format("<polygon points=\"{}\"{}{}/>\n", coordinates(outline), filled(ink),
                       translucent(opacity));
}

void Svg::circle(Point center, double radius, std::string_view ink, double opacity) {
  body_ += fmt::format("<circle cx=\"{}\" cy=\"{}\" r=\"{}\"{}{}/>\n", number(center.x),
                       number(center.y), number(radius), filled(ink), translucent(opacity));
}

void Svg::marker(Point center, std::size_t shape, std::string_view ink) {
  const double x = center.x, y = center.y;
  if (shape % 5 == 0) return circle(center, 4.5, ink);
  if (shape % 5 == 1) return rect({x - 4, y - 4, 8, 8}, ink);
  if (shape % 5 == 2) {
    const Point corners[] = {{x, y - 5}, {x + 5, y + 4}, {x - 5, y + 4}};
    return area(corners, ink, 1);
  }
  if (shape % 5 == 3) {
    const Point corners[] = {{x, y - 5.5}, {x + 5.5, y}, {x, y + 5.5}, {x - 5.5, y}};
    return area(corners, ink, 1);
  }
  line({x - 4.5, y - 4.5}, {x + 4.5, y + 4.5}, {ink, 2.5});
  line({x - 4.5, y + 4.5}, {x + 4.5, y - 4.5}, {ink, 2.5});
}

void Svg::text(Point at, std::string_view text, const TextStyle& style) {
  body_ += "<text" + attribute("x", at.x) + attribute("y", at.y);
  const std::string halo = style.halo ? " s-bg" : "";
  body_ += attribute("class", "f-" + std::string(style.ink) + halo);
  body_ += attribute("fill", ink(style.ink).light);
  if (style.anchor == Anchor::middle) body_ += attribute("text-anchor", "middle");
  if (style.anchor == Anchor::end) body_ += attribute("text-anchor", "end");
  if (style.size != 12) body_ += attribute("font-size", style.size);
  if (style.bold) body_ += attribute("font-weight", "600");
  if (style.halo) body_ += attribute("paint-order", "stroke") + attribute("stroke-width", 4);
  if (style.halo) body_ += attribute("stroke", ink("bg").light);
  body_ += ">" + escaped(text) + "</text>\n";
}

void Svg::hatched(const Box& box, std::size_t hatch) {
  if (hatch == kAccentHatch) return rect(box, "bad");
  const Hatch& one = kHatchTable[hatch % kHatches];
  rect(box, one.ground);
  std::string path;
  for (const char along : one.along) path += hatch_path(box, along);
  if (path.empty()) return;
  body_ += fmt::format("<path d=\"{}\" fill=\"none\"{}/>\n", path, stroked({one.lines, 1.4}));
}

std::string Svg::element(std::string_view title, std::string_view finding) const {
  const std::string size = number(width_) + "\" height=\"" + number(height_);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{0}\" viewBox=\"0 0 {1} {2}\" "
      "role=\"img\" aria-labelledby=\"{3}-t {3}-d\" font-family=\"system-ui, sans-serif\" "
      "font-size=\"12\">\n<title id=\"{3}-t\">{4}</title>\n<desc "
      "id=\"{3}-d\">{5}</desc>\n{6}</svg>\n",
      size, number(width_), number(height_), id_, escaped(title), escaped(finding), body_);
}

std::string Svg::ornament() const {
  const std::string size = number(width_) + "\" height=\"" + number(height_);
  return fmt::format(
      "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"sample\" width=\"{}\" viewBox=\"0 0 {} "
      "{}\" aria-hidden=\"true\">\n"
      "{}</svg>",
      size, number(width_), number(height_), body_);
}

}  // namespace squall
