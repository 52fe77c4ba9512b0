// Report pages only: draws every [data-chart] from the ECharts option in its JSON script, in the theme's colours.
import { BarChart, GaugeChart, GraphChart, HeatmapChart, LineChart, PieChart, ScatterChart } from "echarts/charts";
import { AriaComponent, CalendarComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

use([BarChart, GaugeChart, GraphChart, HeatmapChart, LineChart, PieChart, ScatterChart,
  AriaComponent, CalendarComponent, DatasetComponent, GridComponent, LegendComponent, MarkLineComponent, TitleComponent, TooltipComponent, VisualMapComponent, CanvasRenderer]);

const drawn = new Map();
const sizes = new ResizeObserver((changes) => changes.forEach(({ target }) => drawn.get(target)?.resize()));

function colour(name) {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

function themed(option) {
  const ink = colour("--ink-soft"), line = colour("--line");
  const axis = { axisLine: { lineStyle: { color: line } }, axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } }, axisTick: { show: false } };
  const dress = (given) => (Array.isArray(given) ? given.map(dress) : given && { ...axis, ...given, axisLabel: { ...axis.axisLabel, ...given.axisLabel } });
  return {
    color: ["--chart-1", "--chart-2", "--chart-3", "--chart-4", "--chart-5", "--chart-6"].map(colour),
    animationDuration: 300,
    textStyle: { fontFamily: getComputedStyle(document.body).fontFamily, color: ink },
    grid: { left: 8, right: 12, top: option.legend ? 36 : 16, bottom: 4, containLabel: true },
    aria: { enabled: true },
    ...option,
    tooltip: option.tooltip && { confine: true, renderMode: "richText", backgroundColor: colour("--surface"), borderColor: line, textStyle: { color: colour("--ink") }, ...option.tooltip },
    legend: option.legend && { top: 0, left: 0, icon: "roundRect", itemWidth: 10, itemHeight: 10, textStyle: { color: ink }, ...option.legend },
    xAxis: dress(option.xAxis),
    yAxis: dress(option.yAxis),
  };
}

function draw(element) {
  const option = JSON.parse(document.getElementById(element.dataset.chart).textContent);
  drawn.get(element)?.dispose();
  const chart = init(element, null, { renderer: "canvas" });
  chart.setOption(themed(option));
  drawn.set(element, chart);
  sizes.observe(element);
}

function drawAll(root = document) {
  drawn.forEach((chart, element) => { if (!element.isConnected) { chart.dispose(); sizes.unobserve(element); drawn.delete(element); } });
  root.querySelectorAll("[data-chart]").forEach(draw);
}

drawAll();
document.addEventListener("theme-changed", () => drawAll());
document.body.addEventListener("htmx:load", (event) => drawAll(event.detail.elt));
