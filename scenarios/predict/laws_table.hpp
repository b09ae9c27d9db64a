// One function a law, each in the file of its name; the rows that name them are in predict.cpp.
// To add a law: declare it here, write its file, give it a row.
#pragma once

#include "scenarios/predict/prediction.hpp"

namespace squall::predict {

Answer stations(const Case& of);       // utilisation and the first bottleneck
Answer fan_out(const Case& of);        // L1
Answer backplane(const Case& of);      // L2, L3
Answer reach(const Case& of);          // who is lost although nothing fails
Answer churn(const Case& of);          // L4
Answer deploy(const Case& of);         // L5
Answer storms(const Case& of);         // L6
Answer heartbeats(const Case& of);     // L7
Answer waits(const Case& of);          // L8
Answer redundancy(const Case& of);     // L9
Answer fastest_path(const Case& of);   // L10
Answer balance(const Case& of);        // connections per node
Answer memory(const Case& of);         // of the process of a node
Answer ports(const Case& of);          // of a balancer towards a node
Answer line_bytes(const Case& of);     // between balancer and clients
Answer cluster_bytes(const Case& of);  // between nodes and broker

}  // namespace squall::predict
