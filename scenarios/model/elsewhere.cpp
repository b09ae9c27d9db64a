// The table of other words. See elsewhere.hpp.
// Whoever adds a key that products call otherwise adds their words here.
#include "scenarios/model/elsewhere.hpp"

#include <algorithm>

namespace squall::language {
namespace {

constexpr OtherWord kRows[] = {
    // ---- Balancers -------------------------------------------------------------------------
    {"ephemeralports ports localports portrange iplocalportrange portexhaustion", "",
     "cluster.lb.source_ports, the ports that a balancer has towards one node"},
    {"timewait", "", "a port waits for 60 s where there is cluster.lb.source_ports"},
    {"timeouttunnel tunneltimeout proxyreadtimeout proxysendtimeout readtimeout streamidletimeout "
     "idle keepalivetimeout",
     "", "cluster.lb.idle_timeout"},
    {"timeout", "cluster.lb", "cluster.lb.idle_timeout, or cluster.lb.connect_timeout"},
    {"workershutdowntimeout hardstopafter", "",
     "the step \"do\": \"lb_reload\", whose \"for\" is how long old workers may take"},
    {"deregistrationdelay drain draintimeout connectiondraining", "cluster.lb",
     "\"pre_stop\" of \"do\": \"rolling_restart\": out of the rotation, with its connections; "
     "\"drain\" spreads their goodbyes"},
    {"prestop terminationgrace terminationgraceperiod terminationgraceperiodseconds graceperiod "
     "gracefulshutdown shutdowntimeout stoptimeout",
     "", "\"pre_stop\" and \"drain\" of \"do\": \"rolling_restart\""},
    {"maxsurge surge maxunavailable", "",
     "\"batch\" of \"do\": \"rolling_restart\"; to start new nodes first, \"do\": \"scale\""},
    {"maxconns maxconn maxsessions workerconnections connectionlimit", "cluster.lb",
     "cluster.lb.max_connections, or cluster.nodes.max_connections of one node"},
    {"conntrack conntrackmax nfconntrackmax nattable", "",
     "cluster.lb.max_connections: one more is refused, as by a full table"},
    {"healthcheck healthchecks check checks readiness readinessprobe", "", "cluster.lb.health"},
    {"retries retry proxynextupstream redispatch", "cluster.lb", "cluster.lb.next_upstream"},
    {"affinity sessionaffinity stickysessions cookie stickiness", "", "cluster.lb.sticky"},
    {"algorithm balance method", "cluster.lb", "cluster.lb.policy"},
    {"hashbalancefactor boundedload", "", "cluster.lb.balance_factor"},
    {"dns ttl", "", "cluster.lb.dns_ttl, in the place of a balancer"},
    {"proxy balancer loadbalancer ingress", "", "cluster.lb"},
    {"slowstart", "", "there is none: who joins is chosen as cluster.lb.policy says"},
    {"ratelimit limitreq limitconn handshakerate connectionrate acceptrate", "",
     "there is no rate: cluster.nodes.admission limits the handshakes that are under way"},
    // ---- Nodes -----------------------------------------------------------------------------
    {"fdlimit maxfds fds ulimit nofile maxopenfiles maxclients maxconns workerconnections", "",
     "cluster.nodes.max_connections"},
    {"backlog somaxconn listenbacklog synbacklog", "", "cluster.nodes.accept_queue"},
    {"acceptlimit maxhandshakes concurrenthandshakes", "", "cluster.nodes.admission"},
    {"connectcost authcost login", "",
     "cluster.nodes.costs.handshake, or cluster.database.connect"},
    {"compression permessagedeflate compress gzip zlib", "", "cluster.nodes.deflate"},
    {"cpu cpus cores threads workers eventloops", "cluster.nodes",
     "cluster.nodes.loops, and cluster.nodes.costs of their work"},
    {"ram memorylimit maxmemory heap maxheap", "cluster.nodes", "cluster.nodes.memory.limit"},
    {"gc gcpause stw stoptheworld", "", "the step \"do\": \"pause\""},
    {"livenessprobe watchdog probe", "", "cluster.nodes.liveness"},
    {"maxage maxconnectionage sessionlifetime", "", "cluster.nodes.max_age"},
    {"highwatermark sendbuffer maxbackpressure maxbufferedamount writebuffer outputbuffer", "",
     "cluster.nodes.egress_queue.limit"},
    {"heartbeat ping pinginterval pingtimeout keepalive keepaliveinterval", "cluster.nodes",
     "client.heartbeat: one of both ends pings, and both find out"},
    // ---- Broker and registry ---------------------------------------------------------------
    {"clientoutputbufferlimit", "", "cluster.broker.output_hard and cluster.broker.output_soft"},
    {"maxmemory memorylimit vmmemoryhighwatermark maxmemorybytes", "cluster.broker",
     "cluster.broker.memory_alarm, with cluster.broker.queue \"durable\""},
    {"consumergroup groupid queuegroup", "", "cluster.broker.group"},
    {"commit autocommit commitinterval autocommitinterval offsetreset autooffsetreset offset", "",
     "strategies.commit and strategies.start_at, of a strategy with a log; of one group of "
     "consumers "
     "cluster.broker.commit"},
    {"sessiontimeoutms", "", "cluster.broker.session_timeout"},
    {"sentinel failover replica lag promote", "",
     "the step \"do\": \"broker_failover\", with \"for\" and \"lag\""},
    {"replicas shards partitions", "cluster.broker",
     "cluster.broker.masters; a replica takes over in \"do\": \"broker_failover\""},
    {"aof appendonly rdb", "cluster.broker", "cluster.broker.persistent"},
    {"offlinequeue commandsqueuemaxlength buffer", "cluster.broker",
     "cluster.broker.publisher_buffer"},
    {"ack acks publisherconfirms qos", "cluster.broker",
     "client.ack says who tells the sender OK; cluster.broker.queue keeps what a node misses"},
    {"tcpkeepalive socketkeepalive", "", "cluster.broker.keep_alive"},
    {"redis nats kafka rabbitmq messagebroker pubsub", "cluster",
     "cluster.broker, of which cluster.broker.profile says the kind; cluster.registry"},
    {"presence routes sessions sessionstore", "cluster", "cluster.registry"},
    {"ttl expire expiry presencettl", "cluster.registry", "cluster.registry.lease"},
    // ---- Clients and people ----------------------------------------------------------------
    {"reconnect reconnection reconnectiondelay retry retries", "client",
     "client.backoff; squall list reconnect has those of products"},
    {"max maxdelay maximum delaymax reconnectiondelaymax", "client.backoff", "client.backoff.cap"},
    {"base initial min mindelay delay start", "client.backoff",
     "client.backoff.first, and client.backoff.least"},
    {"attempts maxattempts reconnectionattempts retries", "client.backoff",
     "client.backoff.give_up_after"},
    {"randomizationfactor randomness", "client.backoff", "client.backoff.jitter"},
    {"multiplier growth", "client.backoff", "client.backoff.factor"},
    {"interval pinginterval period", "client.heartbeat", "client.heartbeat.every"},
    {"pingtimeout pongtimeout wait", "client.heartbeat", "client.heartbeat.timeout"},
    {"ping pinginterval pingtimeout keepalive keepaliveinterval", "client", "client.heartbeat"},
    {"timeout handshaketimeout", "client", "client.connect_timeout"},
    {"resume recovery history replay connectionstaterecovery", "",
     "strategies.resume: {\"use\": \"broadcast\", \"resume\": \"60s\"}"},
    {"transport transports polling longpolling", "",
     "client.requests, those of one connect that must meet one node"},
    {"outbox buffer sendqueue", "client", "client.offline_queue, or strategies.outbox"},
    {"echo noecho selfdelivery", "client", "client.overhead, with \"echo\": true"},
    {"natidle nattimeout mappingtimeout udptimeout nat", "", "client.nat_timeout"},
    {"users size number clients population connections", "a population", "people.count"},
    {"session sessionlength online duration", "a population", "people.stay"},
    {"churn disconnects mtbf", "a population", "people.drop, and people.silent_drop"},
    {"bandwidth uplink speed", "a population",
     "people.downlink; the way to the node has no limit of its own"},
    // ---- The network -----------------------------------------------------------------------
    {"latency rtt delay ping", "",
     "cluster.net.client_node, one way; more of it by "
     "cluster.net.zones and people.zone"},
    {"loss lossrate packetloss jitter", "",
     "cluster.net.zones, whose pairs have \"jitter\" and \"loss\"; a zone for people and nodes"},
    {"bandwidth throughput nic", "cluster.net",
     "cluster.net.node_bandwidth, cluster.net.client_bandwidth, cluster.net.broker_bandwidth"},
    {"tls ssl https", "", "cluster.nodes.cost_profile: beast-tls or beast-plain"},
    // ---- Verbs -----------------------------------------------------------------------------
    {"kill oom oomkill sigkill die stop", "verb",
     "\"do\": \"crash\"; memory that runs out by itself: "
     "cluster.nodes.memory"},
    {"gc freeze stall sleep hang suspend sigstop", "verb", "\"do\": \"pause\""},
    {"blackhole reboot poweroff evict hostdown", "verb",
     "\"do\": \"host_loss\", or \"do\": \"crash\" where the peers are told"},
    {"deploy rollout redeploy release upgrade rollingupdate sigterm terminate", "verb",
     "\"do\": \"rolling_restart\""},
    {"redisdown natsdown kafkadown rabbitmqdown brokercrash brokerrestart redisrestart", "verb",
     "\"do\": \"broker_down\""},
    {"failover sentinelfailover promote", "verb",
     "\"do\": \"broker_failover\", or \"do\": \"registry_failover\""},
    {"reload lbdown lbcrash lbrestart nginxreload haproxyreload lbfailover proxyrestart", "verb",
     "\"do\": \"lb_reload\"; with \"for\": \"1ms\" all connections are cut at once"},
    {"latency delay congestion throttle bandwidth", "verb",
     "\"do\": \"set\" with a path like cluster.net.client_node"},
    {"packetloss networkloss loss", "verb",
     "\"do\": \"partition\" for all of it; \"loss\" of cluster.net.zones for a share"},
    {"splitbrain netsplit cut", "verb", "\"do\": \"partition\""},
    {"rebalance", "verb", "any node that comes or goes, with cluster.broker.rebalance"},
    {"burst spike surge", "verb", "\"do\": \"flash\""},
    {"scalein scaleout scaleup scaledown autoscale addnode removenode", "verb",
     "\"do\": \"scale\""},
    {"networkloss mobileloss handover offline drop reset kick", "verb", "\"do\": \"disconnect\""},
    {"slownode degrade noisyneighbour noisyneighbor steal gray", "verb", "\"do\": \"slow\""},
    {"databasedown dbdown databaseslow", "verb",
     "none: cluster.database.connect is the same all the time; \"do\": \"set\" of "
     "cluster.nodes.costs.handshake makes logins dear for a while"},
    {"dnsdown dnsfailure", "verb",
     "none: with cluster.lb.dns_ttl a dead address is kept, and \"do\": \"crash\" makes it dead"},
    {"clockjump clockskew timejump ntp", "verb",
     "none: each process counts from its own start, and leases count at the registry; \"do\": "
     "\"pause\" outlives a lease"},
    // ---- Sides of a partition --------------------------------------------------------------
    {"clients users people lb balancer client", "side",
     "clients have no side: \"do\": \"host_loss\" for all that are on a node, \"do\": "
     "\"disconnect\" for a population"},
};

bool is_one_of(std::string_view word, std::string_view words) {
  while (!words.empty()) {
    const std::size_t end = std::min(words.find(' '), words.size());
    if (words.substr(0, end) == word) return true;
    words.remove_prefix(std::min(end + 1, words.size()));
  }
  return false;
}

std::string without_bars(std::string_view word) {
  std::string out;
  for (const char c : word) {
    if (c == '_' || c == '-' || c == '.') continue;
    out += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return out;
}

}  // namespace

std::span<const OtherWord> other_words() { return kRows; }

std::string called_here(std::string_view word, std::string_view object) {
  const std::string letters = without_bars(word);
  const bool key = object != "verb" && object != "side";
  const OtherWord* found = nullptr;
  for (const OtherWord& row : kRows) {
    if (!is_one_of(letters, row.words)) continue;
    if (row.in == object) return std::string(row.here);  // said of this object in particular
    if (found == nullptr && row.in.empty() && key) found = &row;
  }
  return found == nullptr ? "" : std::string(found->here);
}

}  // namespace squall::language
