using InstructKit.Formats;

namespace InstructKit.Building.Selection;

/// <summary>Which columns a plan adds to its format's because it draws something for each example.</summary>
internal static class TraceSet
{
    /// <summary>The columns of a plan.</summary>
    public static Traces Of(ResolvedPlan resolved)
    {
        var traces = resolved.Plan.Options.IsReleased ? Traces.None : Traces.Layout;
        if (resolved.Tasks.Any(task => resolved.TemplatesOf(task).Any(template => template.Variants.Count > 0))) traces |= Traces.Variant;
        if (resolved.Plan.FewShot.Exemplars > 0) traces |= Traces.Shape | Traces.Exemplars;
        if (resolved.Plan.Options.Shown != Protocol.OptionsShown.With) traces |= Traces.Shape;
        return traces;
    }
}
