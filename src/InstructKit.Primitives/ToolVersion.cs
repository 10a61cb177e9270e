using System.Reflection;

namespace InstructKit;

/// <summary>The version of this tool, as shown in manifests, cards and requests.</summary>
internal static class ToolVersion
{
    /// <summary>Such as <c>0.2.0</c>, without the commit.</summary>
    public static string Text { get; } = typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
