using InstructKit.Building.Plans;
using InstructKit.Diagnostics;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>Reads a plan from YAML: the keys are those of <see cref="PlanSettings"/>. Paths in it are relative to the plan's folder.</summary>
public static class BuildPlanFile
{
    /// <summary>Reads a plan file.</summary>
    /// <exception cref="DiagnosticException">It cannot be read (IK2017) or something in it is wrong (IK20xx); all findings at once.</exception>
    public static BuildPlan Load(string path) => Read(YamlFile.Load(path), Path.GetDirectoryName(Path.GetFullPath(path))!); // the path of a file has a folder

    /// <summary>Reads a plan.</summary>
    /// <param name="map">The YAML.</param>
    /// <param name="folder">What its paths are relative to.</param>
    /// <exception cref="DiagnosticException">Something in it is wrong (IK20xx); all findings at once.</exception>
    public static BuildPlan Read(YamlMap map, string folder)
    {
        List<Diagnostic> diagnostics = [];
        var form = new YamlForm(map, "A plan", diagnostics);
        var plan = new BuildPlan();
        foreach (var group in PlanSettings.OfFile.GroupBy(setting => setting.Section ?? setting.Key, StringComparer.Ordinal))
        {
            if (group.First().Section is not { } section)
            {
                plan = Take(plan, group, form, folder);
            }
            else if (form.TakeMap(section) is { } below)
            {
                var inner = new YamlForm(below, $"'{section}'", diagnostics);
                plan = Take(plan, group, inner, folder);
                inner.Finish();
            }
        }

        form.Finish();
        return diagnostics.Count > 0 ? throw DiagnosticException.InOrder(diagnostics) : plan;
    }

    private static BuildPlan Take(BuildPlan plan, IEnumerable<PlanSetting> settings, YamlForm form, string folder)
    {
        foreach (var setting in settings)
        {
            if (setting.Type.Read(form, setting.Name, folder) is { } value) plan = setting.Set(plan, value);
        }

        return plan;
    }
}
