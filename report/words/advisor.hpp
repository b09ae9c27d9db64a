// Words for what measure/weighing.hpp found: the sentence of each strategy (advice.cpp), and the
// one line for all of them (advice_line.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "report/measure/money.hpp"
#include "report/measure/weighing.hpp"
#include "report/words/format.hpp"

namespace squall {

class Advisor {
 public:
  Advisor(const Result& result, const Glyphs& glyphs)
      : result_(result), glyphs_(glyphs), of_(result) {}

  std::size_t size() const { return of_.size(); }
  const StrategyResult& strategy(std::size_t i) const { return *of_.field().strategies[i]; }
  const std::string& name(std::size_t i) const { return strategy(i).strategy; }
  std::string sentence(std::size_t i) const;
  std::string line() const;

 private:
  // Who is worth a look for the same thing.
  struct Choice {
    Places who;
    Contrast merit;
    bool leads;  // they lose as little as the best
  };

  std::string value(std::size_t i, std::size_t c) const {
    const std::string number = with_unit(*of_.field().at(i, c).value, criteria()[c].unit, glyphs_);
    return criteria()[c].unit == kMoney ? with_currency(result_, number) : number;
  }
  std::string list(const Places& who) const;  // "a, b and c"
  std::string merit(std::size_t i, const Contrast& contrast) const;
  std::string price(std::size_t i, const Contrast& contrast) const;
  std::string pair(std::size_t i, const Contrast& contrast) const;
  std::string price_list(std::size_t i) const;
  std::string merit_list(std::size_t i) const;
  std::string loss_words(std::size_t i) const;
  bool all_lost() const;
  bool much_lost() const { return of_.loss(of_.least()).value_or(0) >= kMuchLost; }
  std::string losses_of(const Places& who) const;
  std::optional<double> day(std::size_t i) const;
  std::string a_day(const Places& who) const;
  std::string of_heavy(std::size_t i) const;
  std::string of_beaten(std::size_t i, std::size_t other) const;
  std::string of_leader(std::size_t i) const;
  std::string equal_words(std::size_t i, const Places& others) const;
  std::string of_equals(std::size_t i, const Places& others, const Places& lossier) const;
  std::string of_nobody_good(std::size_t i) const;
  std::string of_lossier(std::size_t i) const;
  std::optional<Contrast> price_to_know(std::size_t i) const;
  std::string best_in_line(std::size_t i, const std::string& lost) const;
  std::vector<Choice> choices(std::size_t most) const;
  std::string choice_in_line(const Choice& choice) const;
  std::string named_in_line(std::string text, const Places& named) const;

  const Result& result_;
  const Glyphs& glyphs_;
  Weighing of_;
};

// Verdicts of a strategy that ended so.
std::size_t verdicts_of(const Result& result, const std::string& strategy, Outcome outcome);

}  // namespace squall
