// A drawing as SVG text: rectangles, lines, texts, hatches, in colours that follow the page.
//
// Every colour stands twice: as presentation attribute (the light value; seen with styles blocked)
// and as class, which the page's style sheet maps to the dark value. Knows no data; scales and axes
// are in svg_axes.hpp, what is drawn in charts_*.cpp.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace squall {

// A colour of the page, by role.
struct Ink {
  std::string_view name;   // class f-<name> fills, s-<name> strokes; CSS variable --<name>
  std::string_view light;  // on #ffffff
  std::string_view dark;   // on #14161a
};
// All of them, for the style sheet.
std::span<const Ink> inks();
// SQUALL_CHECK: the name exists.
const Ink& ink(std::string_view name);

struct Point {
  double x = 0, y = 0;
};
struct Box {
  double x = 0, y = 0, width = 0, height = 0;
};

enum class Anchor : std::uint8_t { start, middle, end };

struct TextStyle {
  Anchor anchor = Anchor::start;
  double size = 12;
  bool bold = false;
  std::string_view ink = "fg";
  bool halo = false;  // a rim in the colour of the page, for texts on top of lines
};

struct LineStyle {
  std::string_view ink = "axis";
  double width = 1;
  std::string_view dash = "";  // as stroke-dasharray
};

// Text that stays text in HTML and SVG, also inside an attribute. Control characters and bytes
// that are no UTF-8 are replaced.
std::string escaped(std::string_view text);

// Pixels that a text of this size may take: an upper guess, since no font is known here.
double text_width(std::string_view text, double size = 12);

class Svg {
 public:
  // Pixels. `id` is unique in the page.
  Svg(std::string id, double width, double height);

  void rect(const Box& box, std::string_view ink, double opacity = 1);
  void frame(const Box& box, const LineStyle& style);
  void line(Point from, Point to, const LineStyle& style = {});
  void polyline(std::span<const Point> points, const LineStyle& style);
  void area(std::span<const Point> outline, std::string_view ink, double opacity);
  void circle(Point center, double radius, std::string_view ink, double opacity = 1);
  // The marker of a strategy: 0 circle, 1 square, 2 triangle, 3 diamond, 4 cross.
  void marker(Point center, std::size_t shape, std::string_view ink);
  void text(Point at, std::string_view text, const TextStyle& style = {});
  // A rectangle with one of kHatches fillings, in shades of grey; number kAccentHatch is solid red.
  void hatched(const Box& box, std::size_t hatch);

  static constexpr std::size_t kHatches = 12;
  static constexpr std::size_t kAccentHatch = kHatches;

  // The whole element. `title` says what it is, `finding` what it shows.
  std::string element(std::string_view title, std::string_view finding) const;
  // The same as an ornament beside text that says it all: hidden from readers of the screen.
  std::string ornament() const;

 private:
  std::string id_;
  double width_, height_;
  std::string body_;
};

}  // namespace squall
