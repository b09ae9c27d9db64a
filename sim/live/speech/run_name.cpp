// Letters and digits out of the kernel's random bytes. See run_name.hpp.
// Not part of any result: two runs of one seed differ in these names and in nothing else.
#include "sim/live/speech/run_name.hpp"

#include <sys/random.h>

#include <string_view>

#include "strategies/core/check.hpp"

namespace squall::live {
namespace {

constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  SQUALL_CHECK(::getrandom(bytes.data(), count, 0) == static_cast<ssize_t>(count));
  return bytes;
}

// The first four letters are a little likelier than the others, which does no harm.
std::string random_letters(std::size_t count) {
  std::string letters = random_bytes(count);
  for (char& c : letters) c = kLetters[static_cast<unsigned char>(c) % kLetters.size()];
  return letters;
}

}  // namespace

RunName RunName::draw() {
  return {random_letters(kNameLength), random_letters(kPassLength), random_bytes(kStampLength)};
}

}  // namespace squall::live
