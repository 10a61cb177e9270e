using InstructKit.Formats;

namespace InstructKit.Building;

/// <summary>Which columns a plan adds to its format's because it draws something for each example.</summary>
internal static class TraceSet
{
    /// <summary>The columns of a plan.</summary>
    public static Traces Of(ResolvedPlan resolved)
    {
        var traces = resolved.Plan.Options.IsReleased ? Traces.None : Traces.Layout;
        if (resolved.Tasks.Any(task => DatasetBuilder.TemplatesOf(resolved, task).Any(template => template.Variants.Count > 0))) traces |= Traces.Variant;
        return traces;
    }
}
