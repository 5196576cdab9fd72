// SPDX-License-Identifier: Apache-2.0
/** Image layouts (image-spec, image-layout.md), in a directory and in a tar archive. */
export { createLayout, type LayoutRepository, openArchive, openLayout } from './layout-repository.ts';
