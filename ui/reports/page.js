"use strict";
(function () {
  const PRINT_WIDTH_PX = 680; // what fits between the margins of an A4 page at 96 dots per inch
  const NARROW_PX = 640;
  const FULL_PX = 1016; // what figures are as wide as on a page that is wide enough
  const plots = [];

  function show(figure) {
    const plot = figure.querySelector(".plot");
    if (plots.includes(plot)) { return; }
    const specification = JSON.parse(figure.querySelector("script").textContent);
    plot.textContent = "";
    const map = (specification.layout.meta || {}).map_px; // a map keeps its shape: narrower, it needs less height
    if (map) { specification.layout.height -= Math.round(map * Math.max(0, 1 - plot.clientWidth / FULL_PX)); }
    plot.style.height = specification.layout.height + "px";
    Plotly.newPlot(plot, specification.data, specification.layout, {
      responsive: true,
      displaylogo: false,
      displayModeBar: window.innerWidth < NARROW_PX ? false : "hover", // there it would hide the legend
      showSendToCloud: false,
      modeBarButtonsToRemove: ["select2d", "lasso2d", "autoScale2d"],
      toImageButtonOptions: { format: "png", scale: 3 },
    });
    plots.push(plot);
  }

  function draw(figures) {
    const next = figures.shift();
    if (!next) { document.documentElement.dataset.drawn = "true"; return; }
    const fold = next.closest("details:not([open])"); // a hidden figure has no width
    if (fold) { fold.addEventListener("toggle", function () { show(next); }); } else { show(next); }
    setTimeout(draw, 0, figures); // the page stays responsive between two figures
  }

  window.addEventListener("beforeprint", function () {
    document.querySelectorAll("details").forEach(function (fold) { fold.open = true; });
    document.querySelectorAll("figure").forEach(show);
    plots.forEach(function (plot) {
      const beside = plot.closest(".columns") !== null; // two of them share the width
      Plotly.relayout(plot, { width: beside ? PRINT_WIDTH_PX / 2 - 20 : PRINT_WIDTH_PX });
    });
  });
  window.addEventListener("afterprint", function () {
    plots.forEach(function (plot) { Plotly.relayout(plot, { width: null, autosize: true }); });
  });

  draw(Array.from(document.querySelectorAll("figure")));
})();
