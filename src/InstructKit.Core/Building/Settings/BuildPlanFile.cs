using InstructKit.Building.Plans;
using InstructKit.Tasks;
using InstructKit.Yaml;

namespace InstructKit.Building.Settings;

/// <summary>Reads a plan from YAML: the keys are those of <see cref="PlanSettings"/>. Paths in it are relative to the plan's folder.</summary>
public static class BuildPlanFile
{
    private const string FromKey = "from";

    /// <summary>Reads a plan file.</summary>
    /// <exception cref="DiagnosticException">It cannot be read (IK2017) or is invalid (IK20xx); all findings at once.</exception>
    /// <param name="path">The file.</param>
    /// <param name="presets">The plans it may be based on (<c>from</c>); null for none.</param>
    public static BuildPlan Load(string path, PlanPresets? presets = null) => Read(YamlFile.Load(path), Path.GetDirectoryName(Path.GetFullPath(path))!, presets); // a file's path has a folder

    /// <summary>Reads a plan.</summary>
    /// <param name="map">The YAML.</param>
    /// <param name="folder">The folder to which its paths are relative.</param>
    /// <param name="presets">The plans it may be based on (<c>from</c>); null for none.</param>
    /// <exception cref="DiagnosticException">It is invalid (IK20xx); all findings at once.</exception>
    public static BuildPlan Read(YamlMap map, string folder, PlanPresets? presets = null) => Read(map, folder, presets ?? PlanPresets.None, null, []);

    /// <summary>Reads a plan on top of the one it is based on.</summary>
    /// <param name="folder">The folder to which its paths are relative.</param>
    /// <param name="presets">The plans it may be based on.</param>
    /// <param name="start">The values of unset settings; null for the defaults.</param>
    /// <param name="chain">Paths of the plans that led here, this one last.</param>
    internal static BuildPlan Read(YamlMap map, string folder, PlanPresets presets, BuildPlan? start, IReadOnlyList<string> chain)
    {
        if (map.Find(FromKey) is not YamlScalar { IsNull: false } from) return ReadOver(start ?? new BuildPlan(), map, folder);

        var name = OwnTaskPath.Is(from.Text) ? Path.GetFullPath(Path.Combine(folder, from.Text)) : from.Text;
        return ReadOver(presets.Load(new LocatedName(name, from.Span), start, chain), map, folder);
    }

    /// <summary>Reads a plan's own settings on top of another plan, instead of the one it is based on.</summary>
    internal static BuildPlan ReadOver(BuildPlan plan, YamlMap map, string folder)
    {
        List<Diagnostic> diagnostics = [];
        var form = new YamlForm(map, "A plan", diagnostics);
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
            // The base plan has been read by now.
            if (setting.Type.Read(form, setting.Name, folder) is { } value && setting.Key != FromKey) plan = setting.Set(plan, value);
        }

        return plan;
    }
}
