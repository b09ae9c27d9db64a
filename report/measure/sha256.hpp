// SHA-256 (FIPS 180-4) of a text, as 64 hex digits: names the exact bytes of a scenario file.
// The same bytes on every machine give the same name; `sha256sum FILE` prints it too.
#pragma once

#include <string>
#include <string_view>

namespace squall {

std::string sha256_hex(std::string_view bytes);

}  // namespace squall
