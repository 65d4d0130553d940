import { CustomChart, LinesChart, ScatterChart } from "echarts/charts";
import { GridComponent } from "echarts/components";
import { init, use } from "echarts/core";
import { CanvasRenderer } from "echarts/renderers";

// Only the parts in use. Tooltips are React's: ECharts' would take hostile names for HTML.
use([CustomChart, LinesChart, ScatterChart, GridComponent, CanvasRenderer]);

export { init };
