// SPDX-License-Identifier: Apache-2.0
#include "parsers/container/tree.h"

#include <utility>

namespace gpm::container {
namespace {

const Entry* find_merged(const Node& node, std::string_view key, int levels) {
  for (auto entry = node.entries.rbegin(); entry != node.entries.rend(); ++entry)
    if (entry->key == key) return &*entry;
  if (levels == 0) return nullptr;
  for (const auto& entry : node.entries) {
    if (entry.key != "<<") continue;
    if (entry.value.is_mapping())
      if (const auto* found = find_merged(entry.value, key, levels - 1)) return found;
    for (const auto& item : entry.value.items)
      if (const auto* found = find_merged(item, key, levels - 1)) return found;
  }
  return nullptr;
}

}  // namespace

const Entry* Node::find(std::string_view key) const { return find_merged(*this, key, 2); }

const Node& Node::operator[](std::string_view key) const {
  static const Node none;
  const auto* entry = find(key);
  return entry ? entry->value : none;
}

std::string_view Node::text(std::string_view key) const {
  const auto* entry = find(key);
  return entry && entry->value.is_scalar() ? std::string_view(entry->value.scalar) : std::string_view();
}

Node* TreeBuilder::place(Node node) {
  if (open_.empty()) {
    root_ = std::move(node);
    has_root_ = true;
    return &root_;
  }
  Node& parent = *open_.back();
  if (parent.is_mapping()) {
    pending_.value = std::move(node);
    parent.entries.push_back(std::move(pending_));
    pending_ = {};
    have_key_.back() = false;
    return &parent.entries.back().value;
  }
  parent.items.push_back(std::move(node));
  return &parent.items.back();
}

bool TreeBuilder::begin(Node::Kind kind, Mark at) {
  if (open_.size() >= max_depth) {
    refusal_ = "nested too deeply";
    return false;
  }
  if (++nodes_ > max_nodes) {
    refusal_ = "too many values";
    return false;
  }
  if (!open_.empty() && open_.back()->is_mapping() && !have_key_.back()) {
    // A list or map as a key: nothing that we read has that. Its content is kept under an empty key.
    have_key_.back() = true;
    pending_ = {};
    pending_.at = at;
  }
  Node node;
  node.kind = kind;
  node.at = at;
  open_.push_back(place(std::move(node)));
  have_key_.push_back(false);
  last_ = nullptr;
  return true;
}

bool TreeBuilder::end() {
  if (open_.empty()) return true;
  last_ = open_.back();
  open_.pop_back();
  have_key_.pop_back();
  return true;
}

bool TreeBuilder::key(std::string_view key, Mark at) {
  if (open_.empty() || !open_.back()->is_mapping()) return true;
  pending_ = {};
  pending_.key = key;
  pending_.at = at;
  have_key_.back() = true;
  last_ = nullptr;
  return true;
}

bool TreeBuilder::scalar(std::string_view value, Mark at, bool null) {
  if (++nodes_ > max_nodes) {
    refusal_ = "too many values";
    return false;
  }
  if (!open_.empty() && open_.back()->is_mapping() && !have_key_.back()) return key(value, at);
  Node node;
  node.kind = null ? Node::Kind::null : Node::Kind::scalar;
  node.at = at;
  node.scalar = value;
  last_ = place(std::move(node));
  return true;
}

bool TreeBuilder::copy(const Node& node, std::size_t nodes, std::size_t depth, Mark at) {
  if (open_.size() + depth > max_depth || nodes_ + nodes > max_nodes) {
    refusal_ = "aliases expand too far";
    return false;
  }
  nodes_ += nodes;
  if (!open_.empty() && open_.back()->is_mapping() && !have_key_.back()) return key(node.scalar, at);
  last_ = place(node);
  return true;
}

Node TreeBuilder::take() {
  if (!open_.empty() && open_.back()->is_mapping() && have_key_.back()) place({});
  open_.clear();
  return std::move(root_);
}

}  // namespace gpm::container
