// The words of a witness. See witness.hpp.
// Exhaustive: a new sight or rule without a word does not compile where warnings are errors.
#include "sim/record/witness.hpp"

namespace squall {

std::string_view name(Sight::What what) {
  switch (what) {
    case Sight::What::offered: return "offered";
    case Sight::What::refused: return "refused";
    case Sight::What::written: return "written";
    case Sight::What::arrived: return "arrived";
    case Sight::What::accepted: return "accepted";
    case Sight::What::acknowledged: return "acknowledged";
    case Sight::What::forked: return "forked";
    case Sight::What::benign: return "benign";
    case Sight::What::died: return "died";
    case Sight::What::unreached: return "unreached";
    case Sight::What::published: return "published";
    case Sight::What::from_broker: return "from_broker";
    case Sight::What::forwarded: return "forwarded";
    case Sight::What::from_peer: return "from_peer";
    case Sight::What::fan_out: return "fan_out";
    case Sight::What::push_failed: return "push_failed";
    case Sight::What::received: return "received";
    case Sight::What::repeated: return "repeated";
    case Sight::What::missed: return "missed";
    case Sight::What::lost: return "lost";
  }
  return {};
}

std::string_view name(Rule rule) {
  switch (rule) {
    case Rule::none: return "none";
    case Rule::copy_died: return "copy_died";
    case Rule::no_copy: return "no_copy";
    case Rule::not_there: return "not_there";
    case Rule::unexplained: return "unexplained";
  }
  return {};
}

}  // namespace squall
