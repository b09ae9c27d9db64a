// The table of products, and how a node of each is started. See product_cluster.hpp.
// Everything listens on loopback only, and leaves with the object that started it.
#include "tests/products/product_cluster.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <thread>

#include "strategies/core/check.hpp"
#include "tests/support/place.hpp"
#include "tests/support/process.hpp"

namespace squall::testing {
namespace {

using namespace std::chrono_literals;
using live::ChildCommand;

std::string here() { return source_path("tests/products/"); }
constexpr std::string_view kNchan = "/usr/lib/nginx/modules/ngx_nchan_module.so";
constexpr std::string_view kWebStomp = "/usr/lib/rabbitmq/bin/rabbitmq-server";
constexpr live::Greeting kGreeting{
    "GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n",
    "HTTP/1.1 "};

std::string text(std::uint16_t port) { return std::to_string(port); }
std::uint16_t own(const ProductPlace& place, std::size_t ports = 1, std::size_t which = 0) {
  return place.ports[place.node * ports + which];
}

// ---- npm ---------------------------------------------------------------------------------------

std::string script(const ProductPlace& place, ChildCommand& command, const char* file,
                   const std::vector<std::string>& more) {
  command.arguments = {here() + file, text(own(place))};
  command.arguments.insert(command.arguments.end(), more.begin(), more.end());
  command.environment = {"NODE_PATH=" + products_npm() + "/node_modules"};
  return {};
}
std::string ws(const ProductPlace& place, ChildCommand& command) {
  return script(place, command, "ws_server.js", {});
}
std::string ws_redis(const ProductPlace& place, ChildCommand& command) {
  return script(place, command, "ws_server.js", {text(place.redis)});
}
std::string ws_sessions(const ProductPlace& place, ChildCommand& command) {
  return script(place, command, "ws_server.js", {text(place.redis), "sessions"});
}
std::string ws_routed(const ProductPlace& place, ChildCommand& command) {
  return script(place, command, "routed_server.js", {text(place.redis)});
}
std::string socketio(const ProductPlace& place, ChildCommand& command) {
  return script(place, command, "socketio_server.js", {});
}
std::string socketio_redis(const ProductPlace& place, ChildCommand& command) {
  return script(place, command, "socketio_server.js", {"redis", text(place.redis)});
}
std::string socketio_streams(const ProductPlace& place, ChildCommand& command) {
  return script(place, command, "socketio_server.js", {"streams", text(place.redis)});
}

// ---- Debian ------------------------------------------------------------------------------------

std::string nats(const ProductPlace& place, ChildCommand& command) {
  constexpr std::size_t kPorts = 3;  // WebSocket, clients, cluster
  std::string routes;
  for (std::size_t n = 0; n * kPorts < place.ports.size(); ++n) {
    routes += (n > 0 ? ", " : "") + std::string("\"nats://127.0.0.1:") +
              text(place.ports[n * kPorts + 2]) + "\"";
  }
  command.arguments = {"--config", "nats.conf"};
  return place.folder.write(
      "nats.conf", "host: 127.0.0.1\nport: " + text(own(place, kPorts, 1)) + "\nserver_name: n" +
                       std::to_string(place.node + 1) +
                       "\nwebsocket {\n  host: 127.0.0.1\n  port: " + text(own(place, kPorts)) +
                       "\n  no_tls: true\n}\ncluster {\n  name: squall\n" +
                       "  host: 127.0.0.1\n  port: " + text(own(place, kPorts, 2)) +
                       "\n  routes: [" + routes + "]\n}\n");
}

std::string nchan(const ProductPlace& place, ChildCommand& command) {
  const std::string folder = place.folder.path().string();
  std::string paths;
  for (const char* const kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    paths += "  " + std::string(kind) + "_temp_path " + folder + "/" + kind + ";\n";
  }
  command.arguments = {"-p", folder, "-c", folder + "/nginx.conf", "-e", folder + "/error.log"};
  return place.folder.write(
      "nginx.conf",
      "load_module " + std::string(kNchan) + ";\ndaemon off;\nworker_processes 1;\npid " + folder +
          "/nginx.pid;\nevents { worker_connections 1024; }\nhttp {\n  access_log off;\n" + paths +
          "  upstream r { nchan_redis_server redis://127.0.0.1:" + text(place.redis) +
          "; }\n  server {\n    listen 127.0.0.1:" + text(own(place)) +
          ";\n    location ~ ^/pubsub/(.+)$ {\n      nchan_pubsub websocket;\n"
          "      nchan_channel_id $1;\n      nchan_channel_id_split_delimiter \",\";\n"
          "      nchan_redis_pass r;\n      nchan_message_buffer_length 100;\n"
          "      nchan_subscriber_first_message newest;\n    }\n  }\n}\n");
}

std::string rabbitmq(const ProductPlace& place, ChildCommand& command) {
  constexpr std::size_t kPorts = 5;  // web_stomp, AMQP, distribution, epmd, STOMP
  const auto port = [&](std::size_t which) { return own(place, kPorts, which); };
  return live::configure_private_rabbitmq(
      place.folder,
      {.ports = {port(1), port(2), port(3)},
       .plugin = "rabbitmq_web_stomp",
       .more = "stomp.listeners.tcp.1 = 127.0.0.1:" + text(port(4)) +
               "\nweb_stomp.tcp.ip = 127.0.0.1\nweb_stomp.tcp.port = " + text(port(0)) +
               "\nloopback_users = none\n"},
      command);
}

// clang-format off
constexpr std::array kProducts{
    ProductRow{"ws", "plain", "node", "nodejs", "", true, false, false, false, 3, 1, 20s, ws},
    ProductRow{"ws_redis", "plain", "node", "nodejs", "",
               true, true, false, true, 3, 1, 20s, ws_redis},
    ProductRow{"ws_sessions", "plain", "node", "nodejs", "",
               true, true, false, false, 3, 1, 20s, ws_sessions},
    ProductRow{"ws_routed", "plain", "node", "nodejs", "",
               true, true, false, true, 3, 1, 20s, ws_routed},
    ProductRow{"socketio_memory", "socketio", "node", "nodejs", "",
               true, false, false, false, 3, 1, 20s, socketio},
    ProductRow{"socketio_redis", "socketio", "node", "nodejs", "",
               true, true, false, true, 3, 1, 20s, socketio_redis},
    ProductRow{"socketio_streams", "socketio", "node", "nodejs", "",
               true, true, false, true, 3, 1, 20s, socketio_streams},
    ProductRow{"nchan", "nchan", "nginx", "libnginx-mod-nchan", kNchan,
               false, true, true, true, 3, 1, 10s, nchan},
    ProductRow{"nats", "nats", "nats-server", "nats-server", "",
               false, false, false, true, 3, 3, 10s, nats},
    ProductRow{"rabbitmq", "stomp", kWebStomp, "rabbitmq-server", "",
               false, false, false, true, 1, 5, 180s, rabbitmq},
};
// clang-format on

std::string install_npm() {
  const ProcessResult done =
      run_process({{"/bin/sh", here() + "install.sh", products_npm()}, ".", {}, {}});
  if (done.exit_code == 0) return {};
  return done.exit_code == 77 ? done.out : "install.sh failed: " + done.err;
}

}  // namespace

std::span<const ProductRow> products() { return kProducts; }

const ProductRow& product_named(std::string_view name) {
  const auto found = std::ranges::find(kProducts, name, &ProductRow::name);
  SQUALL_CHECK(found != kProducts.end());
  return *found;
}

std::string ProductCluster::missing(const ProductRow& row) {
  const bool module = row.module.empty() || std::filesystem::exists(row.module);
  if (live::find_program(row.program).empty() || !module) {
    return std::string(module ? row.program : row.module) + " was not found (apt-get install " +
           std::string(row.package) + ")";
  }
  return row.npm ? install_npm() : "";
}

std::unique_ptr<ProductCluster> ProductCluster::start(const ProductRow& row, std::string& error) {
  std::unique_ptr<ProductCluster> cluster(new ProductCluster(row));
  error = cluster->prepare();
  for (std::size_t n = 0; error.empty() && n < row.nodes; ++n) error = cluster->start_node(n);
  for (std::size_t n = 0; error.empty() && n < row.nodes; ++n) error = cluster->wait_for(n);
  return error.empty() ? std::move(cluster) : nullptr;
}

ProductCluster ProductCluster::alone(const std::string& file,
                                     const std::vector<std::string>& arguments) {
  static std::string chosen_file;
  static std::vector<std::string> chosen;
  static const ProductRow kAlone{.name = "alone",
                                 .dialect = "plain",
                                 .program = "node",
                                 .package = "nodejs",
                                 .module = "",
                                 .npm = false,
                                 .redis = false,
                                 .one_room = false,
                                 .together = true,
                                 .nodes = 1,
                                 .ports = 1,
                                 .patience = 20s,
                                 .configure = [](const ProductPlace& place, ChildCommand& command) {
                                   return script(place, command, chosen_file.c_str(), chosen);
                                 }};
  chosen_file = file, chosen = arguments;
  ProductCluster cluster(kAlone);
  std::string error = cluster.prepare();
  if (error.empty()) error = cluster.start_node(0);
  const auto listens = [](const Node& node) {
    return node.folder->read("output.log").find("listening") != std::string::npos;
  };
  if (error.empty()) error = cluster.wait_until(0, listens);
  SQUALL_CHECK(error.empty());
  return cluster;
}

std::string ProductCluster::prepare() {
  std::string error;
  if (row_.redis) redis_ = live::spawn_server("redis", error);
  for (std::size_t n = 0; error.empty() && n < row_.nodes; ++n) {
    Node& node = nodes_.emplace_back();
    node.folder = live::ScratchFolder::make(row_.name, error);
    for (std::size_t p = 0; error.empty() && p < row_.ports; ++p) {
      auto port = live::LoopbackPort::reserve(error);
      if (!port) break;
      ports_.push_back(port->number());
      node.ports.push_back(std::move(*port));
    }
  }
  return error;
}

std::string ProductCluster::start_node(std::size_t number) {
  Node& node = nodes_[number];
  ChildCommand command;
  command.program = live::find_program(row_.program);
  command.folder = node.folder->path();
  command.output = node.folder->path() / "output.log";
  command.remove_when_orphaned = node.folder->path();
  const std::uint16_t redis = redis_ != nullptr ? redis_->port() : std::uint16_t{0};
  std::string error = row_.configure({*node.folder, ports_, number, redis}, command);
  if (error.empty()) node.process = live::ChildProcess::start(command, error);
  return error;
}

std::string ProductCluster::wait_for(std::size_t number) {
  return wait_until(number, [](const Node& node) {
    return live::answers(node.ports.front().number(), kGreeting, 500ms);
  });
}

std::string ProductCluster::wait_until(std::size_t number,
                                       const std::function<bool(const Node&)>& ready) {
  const Node& node = nodes_[number];
  const auto deadline = std::chrono::steady_clock::now() + row_.patience;
  while (!ready(node)) {
    if (node.process->running() && std::chrono::steady_clock::now() < deadline) {
      std::this_thread::sleep_for(20ms);
      continue;
    }
    return std::string(row_.name) +
           " does not answer: " + live::last_lines(node.folder->read("output.log"), 3);
  }
  return {};
}

live::AttachOptions ProductCluster::attached() const {
  live::AttachOptions options;
  for (const Node& node : nodes_) {
    live::AttachTarget& target = options.targets.emplace_back();
    target.at = {"127.0.0.1", node.ports.front().number()};
    target.name = target.at.host;
    target.host = target.name + ":" + text(target.at.port);
    target.url = "ws://" + target.host;
  }
  std::string error;
  if (row_.dialect == "plain") {
    std::ifstream file(here() + "plain.json");
    options.dialect = live::dialect_of_text({std::istreambuf_iterator<char>(file), {}}, error);
  } else {
    options.dialect = live::dialect_named(row_.dialect)->make();
  }
  SQUALL_CHECK(options.dialect != nullptr);
  return options;
}

}  // namespace squall::testing
