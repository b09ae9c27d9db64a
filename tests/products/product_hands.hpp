// Hands for the hooks of a run: they crash, stop and start the nodes of a product, and its Redis.
//
// A hook is a word written into a pipe; a thread reads it and does it, so the run that conducts
// waits for nobody. While it lives the cluster's processes are the thread's.
#pragma once

#include <filesystem>
#include <string>
#include <thread>

#include "sim/live/attach/hooks.hpp"
#include "tests/products/product_cluster.hpp"

namespace squall::testing {

class ProductHands {
 public:
  explicit ProductHands(ProductCluster& cluster);
  ~ProductHands();
  ProductHands(const ProductHands&) = delete;
  ProductHands& operator=(const ProductHands&) = delete;

  live::Hooks hooks() const;  // a command for every fault that this product can have

 private:
  void work();
  void obey(const std::string& order);  // "crash n2"

  ProductCluster& cluster_;
  std::unique_ptr<live::ScratchFolder> folder_;
  std::filesystem::path pipe_;
  int orders_ = -1;
  std::thread thread_;
};

}  // namespace squall::testing
