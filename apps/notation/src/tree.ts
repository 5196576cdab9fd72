// SPDX-License-Identifier: Apache-2.0
/** Trees in the reference's drawing. */

export interface TreeNode {
  readonly value: string;
  readonly children?: readonly TreeNode[];
}

/** The node's line, and its children's below it. */
export function renderTree(node: TreeNode, prefix = ''): string {
  return `${prefix}${node.value}\n${renderChildren(node.children ?? [], prefix)}`;
}

/** Children only, each line after `prefix`. */
export function renderChildren(children: readonly TreeNode[], prefix: string): string {
  return children
    .map((child, i) => {
      const isLast = i === children.length - 1;
      return `${prefix}${isLast ? '└── ' : '├── '}${child.value}\n${renderChildren(child.children ?? [], `${prefix}${isLast ? '    ' : '│   '}`)}`;
    })
    .join('');
}
