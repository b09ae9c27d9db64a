// Seven bits a byte, least significant first; a key is the field number and the wire type.
// Used by perfetto.cpp.
#include "report/export/protobuf.hpp"

namespace squall {

void ProtobufWriter::raw_varint(std::uint64_t value) {
  while (value >= 0x80) {
    text_.push_back(static_cast<char>(value | 0x80));
    value >>= 7;
  }
  text_.push_back(static_cast<char>(value));
}

ProtobufWriter& ProtobufWriter::varint(std::uint32_t field, std::uint64_t value) {
  raw_varint(std::uint64_t{field} << 3);
  raw_varint(value);
  return *this;
}

ProtobufWriter& ProtobufWriter::fixed64(std::uint32_t field, std::uint64_t value) {
  raw_varint(std::uint64_t{field} << 3 | 1);
  for (int shift = 0; shift < 64; shift += 8) text_.push_back(static_cast<char>(value >> shift));
  return *this;
}

ProtobufWriter& ProtobufWriter::bytes(std::uint32_t field, std::string_view value) {
  raw_varint(std::uint64_t{field} << 3 | 2);
  raw_varint(value.size());
  text_.append(value);
  return *this;
}

}  // namespace squall
