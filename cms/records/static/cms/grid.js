// A table by keyboard. The cells of Wagtail's grid can be reached by Tab and typed in, but what was typed there is
// the grid's only where it was clicked first: here it is, as soon as the cell is left or the grid saves itself.
// Enter goes one down; the menu key opens the menu of rows and columns; Escape gives the keyboard back to the screen.

const grids = new WeakMap();

window.Handsontable?.hooks.add("afterInit", function () {
  grids.set(this.rootElement, this);
});

function at(target) {
  const cell = target.closest?.(".handsontable .htCore td[contenteditable]");
  const grid = cell && grids.get(cell.closest("[id$='-handsontable-container']"));
  return grid ? { cell, grid, place: grid.getCoords(cell) } : null;
}

function keep({ cell, grid, place }) {
  if (grid.isListening() || !place || place.row < 0) return;
  const text = cell.innerText.replace(/\s*\n\s*/g, " ").trim();
  if (text !== (grid.getDataAtCell(place.row, place.col) ?? "")) {
    grid.setDataAtCell(place.row, place.col, text);
    // What a script writes is no change of a form, as far as Wagtail sees.
    grid.rootElement.dispatchEvent(new Event("change", { bubbles: true }));
  }
}

document.addEventListener("focusout", ({ target }) => {
  const found = at(target);
  if (found) keep(found);
});

function leave(grid) {
  const [row, column] = grid.getSelectedLast() ?? [0, 0];
  grid.deselectCell();
  grid.unlisten();
  grid.getCell(row, column)?.focus();
}

document.addEventListener("keydown", (event) => {
  const grid = grids.get(event.target.closest?.("[id$='-handsontable-container']"));
  if (grid?.isListening()) {
    if (event.key === "Escape" && !grid.getActiveEditor()?.isOpened()) leave(grid);
    return;
  }
  const found = at(event.target);
  if (!found) return;
  const { cell, place } = found;
  if (event.key === "ContextMenu" || (event.key === "F10" && event.shiftKey)) {
    event.preventDefault();
    keep(found);
    grid.selectCell(place.row, place.col);
    const { left, bottom } = cell.getBoundingClientRect();
    grid.getPlugin("contextMenu").open({ pageX: left + window.scrollX, pageY: bottom + window.scrollY });
  } else if (event.key === "Enter" && !event.isComposing) {
    event.preventDefault();
    event.stopPropagation();
    const below = grid.getCell(place.row + 1, place.col);
    below ? below.focus() : keep(found);
  }
}, true);
