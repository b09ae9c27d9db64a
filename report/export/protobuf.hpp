// The wire format of Protocol Buffers, as much of it as a trace needs: varints, fixed 64-bit
// numbers, and length-delimited fields.
//
// A writer only; it knows no message type. https://protobuf.dev/programming-guides/encoding/
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace squall {

class ProtobufWriter {
 public:
  ProtobufWriter& varint(std::uint32_t field, std::uint64_t value);
  ProtobufWriter& fixed64(std::uint32_t field, std::uint64_t value);
  ProtobufWriter& bytes(std::uint32_t field, std::string_view value);  // string, message
  ProtobufWriter& message(std::uint32_t field, const ProtobufWriter& value) {
    return bytes(field, value.text());
  }
  const std::string& text() const { return text_; }

 private:
  void raw_varint(std::uint64_t value);
  std::string text_;
};

}  // namespace squall
