// The rows of dialects, each defined in its own file. See dialect.hpp; the table is registry.cpp.
// To add one: its file, a line here, a line there, a contract test.
#pragma once

#include <concepts>
#include <memory>
#include <string>

#include "sim/live/dialects/dialect.hpp"

namespace squall::live {

// The maker of a row whose dialect is a class.
template <std::derived_from<Dialect> Made>
std::unique_ptr<Dialect> make() {
  return std::make_unique<Made>();
}

// Of a row whose dialect is templates: the text of a file (templates.hpp), without a mistake.
template <const char* templates>
std::unique_ptr<Dialect> make_of() {
  std::string mistake;
  return dialect_of_text(templates, mistake);
}

DialectRow socketio_row();
DialectRow nchan_row();
DialectRow stomp_row();
DialectRow nats_row();
DialectRow centrifugo_row();
DialectRow phoenix_row();

}  // namespace squall::live
