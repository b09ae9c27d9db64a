// A test with the three nodes of one product. What is not installed is skipped, aloud.
//
// start() in the body of the test, and nothing more there without `cluster_`.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/products/product_cluster.hpp"

namespace squall::testing {

class WithCluster : public ::testing::Test {
 protected:
  void start(const ProductRow& row) {
    const std::string missing = ProductCluster::missing(row);
    if (!missing.empty()) GTEST_SKIP() << "SKIPPED: " << missing;
    std::string error;
    cluster_ = ProductCluster::start(row, error);
    ASSERT_NE(cluster_, nullptr) << error;
  }

  std::unique_ptr<ProductCluster> cluster_;
};

}  // namespace squall::testing
