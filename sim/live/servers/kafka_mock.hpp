// A Kafka broker in this process: the in-memory cluster that librdkafka brings for tests, on a real
// port of 127.0.0.1. There is no Kafka server in Debian.
//
// It speaks the protocol and keeps order, but it is not built for speed (some thousand messages per
// second), and it keeps messages only up to 5 MB per topic. A foreign cluster is kafka://HOST:PORT.
#pragma once

#include <memory>
#include <string>

namespace squall::live {

class KafkaMock {
 public:
  KafkaMock();
  ~KafkaMock();

  // Listens on a free port; false and a reason when it cannot, or when squall was built without
  // librdkafka.
  bool start(std::string& error);
  // "kafka://127.0.0.1:40123"; stays the same until the end.
  std::string address() const;
  // Every connection is cut and nobody listens. What was written stays, as on a broker's disk.
  void crash();
  // On the same port, after crash().
  bool start_again(std::string& error);

 private:
  struct Cluster;
  std::unique_ptr<Cluster> cluster_;
};

}  // namespace squall::live
