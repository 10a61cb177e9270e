namespace InstructKit.Templating.Rendering;

/// <summary>Where to go on after a statement.</summary>
internal enum Flow
{
    Next,
    Break,
    Continue,
}
