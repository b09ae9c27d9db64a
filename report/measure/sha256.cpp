// SHA-256 by OpenSSL's digest interface, hex-encoded. See sha256.hpp.
// The digest is computed in one call: what squall names fits in memory.
#include "report/measure/sha256.hpp"

#include <openssl/evp.h>

#include <array>

#include "strategies/core/check.hpp"

namespace squall {

std::string sha256_hex(std::string_view bytes) {
  std::array<unsigned char, 32> digest{};
  unsigned length = 0;
  SQUALL_CHECK(EVP_Digest(bytes.data(), bytes.size(), digest.data(), &length, EVP_sha256(),
                          nullptr) == 1);
  SQUALL_CHECK(length == digest.size());
  std::string hex;
  for (const unsigned char byte : digest) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return hex;
}

}  // namespace squall
