// What the page embeds, and the style of the inks. The bytes are put into the binary by
// cmake/assets.cmake; nothing is read at run time.
#include <openssl/evp.h>

#include <fmt/core.h>
#include <array>

#include "report/page/html_parts.hpp"
#include "strategies/core/check.hpp"

// Defined in the generated assembler file, begin and end of each asset.
extern "C" {
extern const char squall_asset_report_css[], squall_asset_report_css_end[];
extern const char squall_asset_page_js[], squall_asset_page_js_end[];
extern const char squall_asset_watch_js[], squall_asset_watch_js_end[];
extern const char squall_asset_replay_js[], squall_asset_replay_js_end[];
extern const char squall_asset_zoom_js[], squall_asset_zoom_js_end[];
extern const char squall_asset_uplot_css[], squall_asset_uplot_css_end[];
extern const char squall_asset_uplot_js[], squall_asset_uplot_js_end[];
extern const char squall_asset_uplot_license[], squall_asset_uplot_license_end[];
}

namespace squall::html {
namespace {

std::string_view between(const char* begin, const char* end) {
  return {begin, static_cast<std::size_t>(end - begin)};
}

std::string properties(std::string_view selector, bool dark) {
  std::string text = std::string(selector) + "{";
  for (const Ink& ink : inks()) {
    text += fmt::format("--{}:{};", ink.name, dark ? ink.dark : ink.light);
  }
  return text + "}\n";
}

}  // namespace

Assets assets() {
  Assets all;
  all.style = between(squall_asset_report_css, squall_asset_report_css_end);
  all.page_script = between(squall_asset_page_js, squall_asset_page_js_end);
  all.watch_script = between(squall_asset_watch_js, squall_asset_watch_js_end);
  all.replay_script = between(squall_asset_replay_js, squall_asset_replay_js_end);
  all.zoom_library = between(squall_asset_uplot_js, squall_asset_uplot_js_end);
  if (all.zoom_library.empty()) return all;
  all.zoom_style = between(squall_asset_uplot_css, squall_asset_uplot_css_end);
  all.zoom_script = between(squall_asset_zoom_js, squall_asset_zoom_js_end);
  all.zoom_license = between(squall_asset_uplot_license, squall_asset_uplot_license_end);
  return all;
}

std::string ink_style() {
  std::string text = properties(":root", false);
  text += fmt::format("@media screen{{\n@media (prefers-color-scheme:dark){{{}}}\n{}}}\n",
                      properties(":root:not([data-theme=light])", true),
                      properties(":root[data-theme=dark]", true));
  for (const Ink& ink : inks()) {
    const std::string name(ink.name);
    text += fmt::format(".f-{0}{{fill:var(--{0})}}.s-{0}{{stroke:var(--{0})}}\n", name);
  }
  return text;
}

std::string script_hash(std::string_view script) {
  std::array<unsigned char, 32> digest{};
  unsigned length = 0;
  SQUALL_CHECK(
      EVP_Digest(script.data(), script.size(), digest.data(), &length, EVP_sha256(), nullptr) == 1);
  std::array<unsigned char, 48> text{};
  const int size = EVP_EncodeBlock(text.data(), digest.data(), static_cast<int>(length));
  return "'sha256-" +
         std::string(reinterpret_cast<const char*>(text.data()), static_cast<std::size_t>(size)) +
         "'";
}

}  // namespace squall::html
