// What a window shows, as its toolkit has it: every widget with its text, its place, and whether
// the text has room. Neither AT-SPI nor a picture tells that a label is cut off.
//
// It is loaded into the app with LD_PRELOAD, by the tests alone. At SIGUSR1 it writes one JSON
// object a line to the file that LOOKS_PROBE names, under another name first.

#include <adwaita.h>
#include <glib-unix.h>
#include <stdio.h>
#include <string.h>

static void
string (FILE *out, const char *key, const char *text)
{
  fprintf (out, ",\"%s\":\"", key);
  for (const char *at = text; *at != '\0'; at++)
    {
      if (*at == '"' || *at == '\\')
        fprintf (out, "\\%c", *at);
      else if ((unsigned char) *at < 0x20)
        fprintf (out, "\\u%04x", *at);
      else
        fputc (*at, out);
    }
  fputc ('"', out);
}

static gboolean
scrolls (GtkWidget *widget, GtkOrientation orientation)
{
  GtkWidget *around = gtk_widget_get_parent (widget);
  GtkPolicyType horizontal, vertical;

  if (!GTK_IS_SCROLLABLE (widget) || !GTK_IS_SCROLLED_WINDOW (around))
    return FALSE;
  gtk_scrolled_window_get_policy (GTK_SCROLLED_WINDOW (around), &horizontal, &vertical);
  return (orientation == GTK_ORIENTATION_HORIZONTAL ? horizontal : vertical) != GTK_POLICY_NEVER;
}

// Cuts an extent to what is within 0 and the size; whether something of it was outside.
static gboolean
cut (float *start, float *length, float size)
{
  float end = *start + *length, before = *length;

  *start = CLAMP (*start, 0, size);
  *length = MAX (0, MIN (end, size) - *start);
  // Sizes are rounded to pixels.
  return before - *length > 1.0;
}

// The part of the widget that is seen, in its window. Gives whether something is cut off for good:
// what can be scrolled to is not.
static gboolean
seen (GtkWidget *widget, graphene_rect_t *part)
{
  gboolean lost = FALSE, across = FALSE, down = FALSE;
  GtkWidget *inside = widget;

  graphene_rect_init (part, 0, 0, gtk_widget_get_width (widget), gtk_widget_get_height (widget));
  for (GtkWidget *around = gtk_widget_get_parent (widget); around != NULL; around = gtk_widget_get_parent (around))
    {
      graphene_point_t origin;

      if (!gtk_widget_compute_point (inside, around, &part->origin, &origin))
        return TRUE;
      part->origin = origin;
      inside = around;
      if (gtk_widget_get_overflow (around) != GTK_OVERFLOW_HIDDEN && !GTK_IS_NATIVE (around) && !GTK_IS_SCROLLABLE (around))
        continue;
      across = across || scrolls (around, GTK_ORIENTATION_HORIZONTAL);
      down = down || scrolls (around, GTK_ORIENTATION_VERTICAL);
      if (cut (&part->origin.x, &part->size.width, gtk_widget_get_width (around)) && !across)
        lost = TRUE;
      if (cut (&part->origin.y, &part->size.height, gtk_widget_get_height (around)) && !down)
        lost = TRUE;
    }
  return lost;
}

static double
opacity (GtkWidget *widget)
{
  double product = 1;

  for (; widget != NULL; widget = gtk_widget_get_parent (widget))
    product *= gtk_widget_get_opacity (widget);
  return product;
}

static void
label (FILE *out, GtkLabel *label)
{
  PangoLayout *layout = gtk_label_get_layout (label);
  int width, height;

  pango_layout_get_pixel_size (layout, &width, &height);
  string (out, "text", pango_layout_get_text (layout));
  fprintf (out, ",\"ellipsised\":%d,\"crowded\":%d", pango_layout_is_ellipsized (layout),
           width > gtk_widget_get_width (GTK_WIDGET (label)) + 1 || height > gtk_widget_get_height (GTK_WIDGET (label)) + 1);
}

// What the window knows of its surroundings: whoever has changed them waits until it does.
static void
settings (FILE *out, GtkWidget *window)
{
  AdwStyleManager *style = adw_style_manager_get_default ();
  GdkSurface *surface = gtk_native_get_surface (GTK_NATIVE (window));
  int dpi;

  g_object_get (gtk_settings_get_default (), "gtk-xft-dpi", &dpi, NULL);
  fprintf (out, ",\"state\":[%d,%d,%d,%d,%d]", gdk_surface_get_width (surface), gdk_surface_get_height (surface),
           adw_style_manager_get_dark (style), adw_style_manager_get_high_contrast (style), dpi / 1024);
}

static void
describe (FILE *out, GtkWidget *widget, int depth)
{
  GtkWidget *native = GTK_WIDGET (gtk_widget_get_native (widget));
  graphene_rect_t part;
  gboolean lost;
  char **classes;
  char *words;
  double x = 0, y = 0;

  if (!gtk_widget_get_mapped (widget))
    return;
  lost = seen (widget, &part);
  gtk_native_get_surface_transform (GTK_NATIVE (native), &x, &y);
  fprintf (out, "{\"depth\":%d", depth);
  string (out, "type", G_OBJECT_TYPE_NAME (widget));
  classes = gtk_widget_get_css_classes (widget);
  words = g_strjoinv (" ", classes);
  string (out, "classes", words);
  g_free (words);
  g_strfreev (classes);
  fprintf (out, ",\"x\":%.0f,\"y\":%.0f,\"width\":%.0f,\"height\":%.0f", part.origin.x + x, part.origin.y + y,
           part.size.width, part.size.height);
  fprintf (out, ",\"lost\":%d,\"sensitive\":%d,\"focusable\":%d,\"opacity\":%.2f", lost,
           gtk_widget_is_sensitive (widget), gtk_widget_get_focusable (widget), opacity (widget));
  string (out, "window", G_OBJECT_TYPE_NAME (native));
  if (widget == native && GTK_IS_WINDOW (widget))
    settings (out, widget);
  if (GTK_IS_LABEL (widget))
    label (out, GTK_LABEL (widget));
  else if (GTK_IS_TEXT (widget))
    {
      char *shown = gtk_editable_get_chars (GTK_EDITABLE (widget), 0, -1);
      // A secret is told by its length alone.
      string (out, "text", gtk_text_get_visibility (GTK_TEXT (widget)) ? shown : "");
      fprintf (out, ",\"characters\":%ld", g_utf8_strlen (shown, -1));
      g_free (shown);
    }
  else if (GTK_IS_IMAGE (widget) && gtk_image_get_icon_name (GTK_IMAGE (widget)) != NULL)
    string (out, "icon", gtk_image_get_icon_name (GTK_IMAGE (widget)));
  else if (GTK_IS_SCROLLED_WINDOW (widget))
    {
      GtkAdjustment *down = gtk_scrolled_window_get_vadjustment (GTK_SCROLLED_WINDOW (widget));
      fprintf (out, ",\"hidden\":%.0f", gtk_adjustment_get_upper (down) - gtk_adjustment_get_page_size (down));
    }
  fputs ("}\n", out);
  for (GtkWidget *child = gtk_widget_get_first_child (widget); child != NULL; child = gtk_widget_get_next_sibling (child))
    describe (out, child, depth + 1);
}

static gboolean
told (gpointer data)
{
  const char *place = data;
  char *aside = g_strconcat (place, ".new", NULL);
  FILE *out = fopen (aside, "w");

  if (out != NULL)
    {
      GListModel *windows = gtk_window_get_toplevels ();
      for (guint at = 0; at < g_list_model_get_n_items (windows); at++)
        {
          GtkWidget *window = g_list_model_get_item (windows, at);
          describe (out, window, 0);
          g_object_unref (window);
        }
      fclose (out);
      rename (aside, place);
    }
  g_free (aside);
  return G_SOURCE_CONTINUE;
}

__attribute__ ((constructor)) static void
begin (void)
{
  const char *place = g_getenv ("LOOKS_PROBE");

  if (place != NULL)
    g_unix_signal_add (SIGUSR1, told, g_strdup (place));
  // What the app starts is not looked at.
  g_unsetenv ("LD_PRELOAD");
}
