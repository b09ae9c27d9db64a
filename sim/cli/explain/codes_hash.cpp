// Codes of the files that `squall hash` reads: servers and keys.
// See codes.hpp; no scenario brings these about, so each says in words what does.
#include <array>

#include "sim/cli/explain/codes.hpp"

namespace squall {
namespace {

constexpr std::array kHash{
    CodeRow{"H0101", "A line of servers that begins with no address.",
            "Begin it with the address: 10.0.0.1:8080 weight=2.", "(a line: weight=2)"},
    CodeRow{"H0102", "A weight that is no whole number in the range of the message.",
            "Write it as weight=2.", "(a line: 10.0.0.1:8080 weight=0)"},
    CodeRow{"H0103", "A backup server, which nginx does not have beside a hash.",
            "Remove the word, or the line.", "(a line: 10.0.0.1:8080 backup)"},
    CodeRow{"H0104", "A parameter that no server of nginx has.", "Check the spelling.",
            "(a line: 10.0.0.1:8080 wieght=2)"},
    CodeRow{"H0105", "A server that stands there twice.", "Remove one line; more load is weight=2.",
            "(two lines: 10.0.0.1:8080)"},
    CodeRow{"H0106", "Weights that are more together than a ring may hold.",
            "Divide all of them by the same number.", "(many lines with a large weight)"},
    CodeRow{"H0107", "More servers than there may be.", "Leave some out.", "(a very long file)"},
    CodeRow{"H0108", "A list of servers without a server.", "Write one per line.",
            "(an empty file)"},
    CodeRow{"H0201", "A list of keys without a key.", "Write one per line.", "(an empty file)"},
    CodeRow{"H0501", "Warning: a name, behind which nginx takes several addresses in turn.",
            "List addresses.", "(a line: chat.example.com:8080)"},
    CodeRow{"H0502", "Warning: a key with signs that arrive percent-encoded, and are hashed so.",
            "Write keys as they stand in the address line: a%20b.", "(a key: a b)"},
};

}  // namespace

std::span<const CodeRow> hash_codes() { return kHash; }

}  // namespace squall
