// A hash table that can be asked and not walked: the order of its entries is nobody's business, so
// no result can come to depend on it. For large tables; Boost's open addressing does the work.
#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <utility>

namespace squall {

template <typename Key, typename Value>
class Lookup {
 public:
  // Null when there is none. Pointers are good until the next change.
  const Value* find(const Key& key) const {
    const auto found = table_.find(key);
    return found == table_.end() ? nullptr : &found->second;
  }
  Value* find(const Key& key) { return const_cast<Value*>(std::as_const(*this).find(key)); }

  // The value, made from nothing when there was none.
  Value& operator[](const Key& key) { return table_[key]; }
  void erase(const Key& key) { table_.erase(key); }

 private:
  boost::unordered_flat_map<Key, Value> table_;
};

}  // namespace squall
