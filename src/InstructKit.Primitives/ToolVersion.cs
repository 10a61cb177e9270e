using System.Reflection;

namespace InstructKit;

/// <summary>The version of this tool, as manifests, cards and requests name it.</summary>
internal static class ToolVersion
{
    /// <summary>Such as <c>0.2.0</c>, without the commit.</summary>
    public static string Text { get; } = typeof(ToolVersion).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";
}
